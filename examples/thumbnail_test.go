//go:build unix

package examples_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"image"
	"image/color"
	_ "image/jpeg"
	"image/png"
	"os"
	"testing"
)

// picture is what the thumbnail function answers.
type picture struct {
	StatusCode      int
	Headers         map[string]string
	Body            string
	IsBase64Encoded bool
}

func (p picture) decode(t *testing.T) (image.Image, string) {
	t.Helper()
	packed, err := base64.StdEncoding.DecodeString(p.Body)
	if err != nil || !p.IsBase64Encoded || p.StatusCode != 200 {
		t.Fatalf("%+v: %v", p, err)
	}
	decoded, format, err := image.Decode(bytes.NewReader(packed))
	if err != nil {
		t.Fatal(err)
	}
	return decoded, format
}

func TestThumbnail(t *testing.T) {
	needsModules(t, "thumbnail")
	u := newUser(t)
	u.must(t, "", "apply", "thumbnail")
	ask := func(event string) (p picture) {
		t.Helper()
		if err := json.Unmarshal([]byte(u.must(t, event, "run", "thumbnail", "-")), &p); err != nil {
			t.Fatal(err)
		}
		return p
	}

	sample, err := os.ReadFile("thumbnail/event.json")
	if err != nil {
		t.Fatal(err)
	}
	small, format := ask(string(sample)).decode(t)
	if format != "jpeg" || small.Bounds().Dx() != 80 || small.Bounds().Dy() != 50 {
		t.Errorf("a %s of %v", format, small.Bounds())
	}
	near(t, "the sun", small.At(52, 21), color.RGBA{255, 230, 120, 255})
	near(t, "the sky", small.At(2, 2), color.RGBA{69, 94, 166, 255})

	var drawn bytes.Buffer
	square := image.NewRGBA(image.Rect(0, 0, 200, 100))
	for i := range square.Pix {
		square.Pix[i] = 200
	}
	if err := png.Encode(&drawn, square); err != nil {
		t.Fatal(err)
	}
	event, _ := json.Marshal(map[string]any{"isBase64Encoded": true, "body": drawn.Bytes()})
	if small, format = ask(string(event)).decode(t); format != "png" || small.Bounds().Dx() != 64 || small.Bounds().Dy() != 32 {
		t.Errorf("a %s of %v", format, small.Bounds())
	}
	near(t, "grey", small.At(30, 15), color.RGBA{200, 200, 200, 200})

	if p := ask(`{"body": "no picture"}`); p.StatusCode != 415 {
		t.Errorf("%+v", p)
	}
	if p := ask(`{"queryStringParameters": {"width": "wide"}}`); p.StatusCode != 400 {
		t.Errorf("%+v", p)
	}
	if out := u.must(t, "", "apply", "thumbnail"); out != "thumbnail unchanged (version 1, go)\n" {
		t.Errorf("the same source is built into something else: %s", out)
	}
}

// near compares colours as far as JPEG keeps them.
func near(t *testing.T, what string, got color.Color, want color.RGBA) {
	t.Helper()
	r, g, b, _ := got.RGBA()
	for i, pair := range [][2]int{{int(r >> 8), int(want.R)}, {int(g >> 8), int(want.G)}, {int(b >> 8), int(want.B)}} {
		if d := pair[0] - pair[1]; d < -16 || d > 16 {
			t.Errorf("%s: channel %d is %d, want about %d", what, i, pair[0], pair[1])
		}
	}
}
