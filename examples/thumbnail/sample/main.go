// Command sample draws the picture of event.json, a sun over water, and prints
// the event:
//
//	GOWORK=off go run ./sample >event.json
package main

import (
	"bytes"
	"encoding/json"
	"image"
	"image/color"
	"image/jpeg"
	"log"
	"math"
	"os"
)

const width, height = 320, 200

func main() {
	picture := image.NewRGBA(image.Rect(0, 0, width, height))
	for y := range height {
		for x := range width {
			picture.Set(x, y, at(float64(x), float64(y)))
		}
	}
	var encoded bytes.Buffer
	if err := jpeg.Encode(&encoded, picture, &jpeg.Options{Quality: 60}); err != nil {
		log.Fatal(err)
	}
	err := json.NewEncoder(os.Stdout).Encode(map[string]any{
		"version": "2.0", "rawPath": "/", "queryStringParameters": map[string]string{"width": "80"},
		"headers": map[string]string{"content-type": "image/jpeg"},
		"body":    encoded.Bytes(), "isBase64Encoded": true,
	})
	if err != nil {
		log.Fatal(err)
	}
}

// at is the colour of a point: sky above the horizon, its reflection below.
func at(x, y float64) color.Color {
	const horizon, sunX, sunY, sun = 130.0, 210.0, 85.0, 32.0
	shade := 1.0
	if y > horizon {
		y = horizon - (y-horizon)*1.4 + 3*math.Sin(y*0.9+x*0.05)
		shade = 0.6
	}
	if math.Hypot(x-sunX, y-sunY) < sun {
		return color.RGBA{uint8(255 * shade), uint8(230 * shade), uint8(120 * shade), 255}
	}
	t := max(0, min(1, y/horizon))
	return color.RGBA{uint8((60 + 180*t) * shade), uint8((90 + 60*t) * shade), uint8((170 - 60*t) * shade), 255}
}
