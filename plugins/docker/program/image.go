package program

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"

	"github.com/containerd/errdefs"
	"github.com/fnhost/fn/plugins/docker/engine"
)

// Label marks what this package makes: the digest of the programs, or none at
// the image.
const Label = "fn.program"

const none = "none"

// ImageRef is the name of the image that holds nothing.
const ImageRef = "fn-worker/none:1"

// Image returns the id of an image that holds nothing, for containers that need
// nothing but a worker program. It is made when it is not there, without a pull,
// and is the same to the last bit whoever makes it: hosts share it.
func Image(ctx context.Context, e *engine.Engine) (id string, err error) {
	arch, err := Architecture(ctx, e)
	if err != nil {
		return "", err
	}
	return emptyImage(ctx, e, arch)
}

func emptyImage(ctx context.Context, e *engine.Engine, arch string) (id string, err error) {
	found, err := e.ImageInspect(ctx, ImageRef)
	if err != nil && !errdefs.IsNotFound(err) {
		return "", e.Explain(err)
	}
	if err == nil && found.Architecture == arch && found.Config != nil && found.Config.Labels[Label] == none {
		return found.ID, nil
	}
	packed, err := packImage(arch)
	if err != nil {
		return "", err
	}
	loaded, err := e.ImageLoad(ctx, packed)
	if err != nil {
		return "", e.Explain(err)
	}
	defer loaded.Body.Close()
	if err := loading(loaded.Body); err != nil {
		return "", err
	}
	found, err = e.ImageInspect(ctx, ImageRef)
	return found.ID, e.Explain(err)
}

// packImage returns an image as docker save writes it.
func packImage(arch string) (*bytes.Buffer, error) {
	layer, err := pack(tarFile{name: "tmp/", mode: 0o1777})
	if err != nil {
		return nil, err
	}
	config, err := json.Marshal(map[string]any{
		"architecture": arch, "os": "linux", "created": "1970-01-01T00:00:00Z",
		"config": map[string]any{"Cmd": []string{Dir + "/" + Worker}, "Labels": map[string]string{Label: none}},
		"rootfs": map[string]any{"type": "layers", "diff_ids": []string{"sha256:" + digestOf(layer.Bytes())}},
	})
	if err != nil {
		return nil, err
	}
	name := digestOf(config)
	manifest, err := json.Marshal([]map[string]any{{
		"Config": name + ".json", "RepoTags": []string{ImageRef}, "Layers": []string{"layer.tar"},
	}})
	if err != nil {
		return nil, err
	}
	return pack(
		tarFile{name: "layer.tar", mode: 0o644, content: layer.Bytes()},
		tarFile{name: name + ".json", mode: 0o644, content: config},
		tarFile{name: "manifest.json", mode: 0o644, content: manifest},
	)
}

func digestOf(p []byte) string {
	sum := sha256.Sum256(p)
	return hex.EncodeToString(sum[:])
}

// loading reads the engine's messages and returns the error that it tells of.
func loading(messages io.Reader) error {
	for decoder := json.NewDecoder(messages); ; {
		var message struct {
			Error string `json:"error"`
		}
		switch err := decoder.Decode(&message); {
		case err == io.EOF:
			return nil
		case err != nil:
			return err
		case message.Error != "":
			return errors.New("loading an image: " + message.Error)
		}
	}
}
