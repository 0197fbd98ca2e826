// Command thumbnail is a function that makes an image smaller. Event and answer
// are those of an HTTP request to AWS Lambda: the image travels in base64, as
// JSON has no bytes.
package main

import (
	"bytes"
	"context"
	"encoding/base64"
	"fmt"
	"image"
	"image/jpeg"
	"image/png"
	"log"
	"net/http"
	"strconv"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-lambda-go/lambda"
	"golang.org/x/image/draw"
)

const (
	defaultWidth = 64
	maxWidth     = 1024
	maxPixels    = 40_000_000 // of the image that comes: 160 MB when decoded
)

func main() { lambda.Start(handle) }

// handle answers a PNG or JPEG with one of the width that the query asks for.
func handle(_ context.Context, request events.APIGatewayV2HTTPRequest) (events.APIGatewayV2HTTPResponse, error) {
	width, err := widthOf(request.QueryStringParameters["width"])
	if err != nil {
		return refuse(http.StatusBadRequest, err), nil
	}
	body := []byte(request.Body)
	if request.IsBase64Encoded {
		if body, err = base64.StdEncoding.DecodeString(request.Body); err != nil {
			return refuse(http.StatusBadRequest, err), nil
		}
	}
	small, format, err := shrink(body, width)
	if err != nil {
		return refuse(http.StatusUnsupportedMediaType, err), nil
	}
	return events.APIGatewayV2HTTPResponse{
		StatusCode: http.StatusOK, Headers: map[string]string{"content-type": "image/" + format},
		Body: base64.StdEncoding.EncodeToString(small), IsBase64Encoded: true,
	}, nil
}

func widthOf(text string) (int, error) {
	if text == "" {
		return defaultWidth, nil
	}
	width, err := strconv.Atoi(text)
	if err != nil || width < 1 || width > maxWidth {
		return 0, fmt.Errorf("width %q: a number from 1 to %d", text, maxWidth)
	}
	return width, nil
}

// shrink returns the image in the format that it came in. One that is not wider
// is returned as it is.
func shrink(original []byte, width int) (small []byte, format string, err error) {
	size, format, err := image.DecodeConfig(bytes.NewReader(original))
	switch {
	case err != nil:
		return nil, "", fmt.Errorf("this is no PNG and no JPEG: %w", err)
	case size.Width*size.Height > maxPixels:
		return nil, "", fmt.Errorf("%d × %d pixels are too many", size.Width, size.Height)
	case size.Width <= width:
		return original, format, nil
	}
	from, _, err := image.Decode(bytes.NewReader(original))
	if err != nil {
		return nil, "", err
	}
	to := image.NewRGBA(image.Rect(0, 0, width, max(1, size.Height*width/size.Width)))
	draw.CatmullRom.Scale(to, to.Bounds(), from, from.Bounds(), draw.Src, nil)
	log.Printf("%s of %d × %d becomes %d × %d", format, size.Width, size.Height, to.Rect.Dx(), to.Rect.Dy())
	var out bytes.Buffer
	if format == "png" {
		err = png.Encode(&out, to)
	} else {
		err = jpeg.Encode(&out, to, nil)
	}
	return out.Bytes(), format, err
}

func refuse(status int, err error) events.APIGatewayV2HTTPResponse {
	return events.APIGatewayV2HTTPResponse{StatusCode: status, Body: err.Error() + "\n"}
}
