package sdktest

// processWith would tell whether some process sleeps for a mark; here the
// suite cannot see it.
func processWith(string) bool { return false }
