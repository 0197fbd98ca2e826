package sandbox

const (
	sysSetns        = 308
	sysOpenByHandle = 304
)
