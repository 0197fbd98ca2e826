// Package wire carries sdk.Component over gRPC: Client is the host's end,
// Register and Plugin the plugin's.
//
// Errors keep kind, component, operation, message, hint and what the function
// raised. One that no component made becomes Canceled or Timeout when the
// caller's context is over, and Broken when the plugin died or broke the
// contract.
package wire
