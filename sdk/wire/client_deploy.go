package wire

import (
	"context"
	"unicode/utf8"

	"github.com/fnhost/fn/sdk"
	"github.com/fnhost/fn/sdk/internal/protocol"
	pb "github.com/fnhost/fn/sdk/proto/v1"
)

// Deploy is sdk.Component's. progress may be nil; it is called from Deploy's
// own goroutine.
func (c *Client) Deploy(ctx context.Context, f sdk.Function, progress sdk.Progress) (string, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	if err := textual("environment variable", f.Env); err != nil {
		return "", c.name("deploy", err)
	}
	stream, err := c.rpc.Deploy(ctx, &pb.DeployRequest{Function: functionToWire(f)})
	if err != nil {
		return "", c.fault(ctx, "deploy", err)
	}
	for {
		event, err := stream.Recv()
		if err != nil {
			return "", c.fault(ctx, "deploy", unfinished(err))
		}
		if done := event.GetDeployed(); done != nil {
			return done.GetLocation(), nil
		}
		if p := event.GetProgress(); p != nil && progress != nil {
			progress(p.GetStep(), p.GetDone(), p.GetTotal(), p.GetUnit())
		}
	}
}

func functionToWire(f sdk.Function) *pb.Function {
	var code *pb.Bundle
	if f.Code != (sdk.Bundle{}) {
		code = &pb.Bundle{Path: f.Code.Path, Digest: f.Code.Digest, Size: f.Code.Size}
	}
	return &pb.Function{
		Name:        f.Name,
		Version:     int64(f.Version),
		Runtime:     runtimeToWire(f.Runtime),
		Handler:     f.Handler,
		Code:        code,
		Image:       f.Image,
		MemoryBytes: f.Memory,
		Cpus:        f.CPUs,
		TimeoutMs:   protocol.Millis(f.Timeout),
		Network:     string(f.Network),
		Warm:        int64(f.Warm),
		Env:         f.Env,
		OptionsJson: f.Options,
	}
}

func runtimeToWire(r sdk.Runtime) *pb.Runtime {
	return &pb.Runtime{
		Name: r.Name, Language: r.Language, Image: r.Image,
		Requirements: r.Requirements, Preload: r.Preload,
	}
}

func limitsFromWire(l *pb.Limits) sdk.Limits {
	out := sdk.Limits{
		OnThisMachine:  l.GetOnThisMachine(),
		Logs:           protocol.Word[sdk.LogDelivery](l.GetLogs()),
		CancelEndsCall: l.GetCancelEndsCall(),
		StopEndsCalls:  l.GetStopEndsCalls(),
		KeepsVersions:  l.GetKeepsVersions(),
		LimitsMemory:   l.GetLimitsMemory(),
		Images:         l.GetImages(),
		MaxBundle:      l.GetMaxBundleBytes(),
	}
	for _, language := range l.GetLanguages() {
		out.Languages = append(out.Languages, sdk.Language{
			Name:      language.GetName(),
			MaxEvent:  language.GetMaxEventBytes(),
			MaxResult: language.GetMaxResultBytes(),
		})
	}
	return out
}

// textual refuses names and values that are not UTF-8, which the wire cannot
// carry. The value is not told: it may be a secret.
func textual(what string, values map[string]string) *sdk.Error {
	for name, value := range values {
		if !utf8.ValidString(name) || !utf8.ValidString(value) {
			return sdk.Errorf(sdk.Invalid, "%s %q is not valid UTF-8", what, name)
		}
	}
	return nil
}
