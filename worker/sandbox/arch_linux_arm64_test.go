package sandbox

const (
	sysSetns        = 268
	sysOpenByHandle = 265
)
