package api

// The methods of the host.
var (
	CreateFunction = Method[FunctionSpec, Function]{"functions/create"}
	UpdateFunction = Method[FunctionSpec, Function]{"functions/update"}
	ApplyFunction  = Method[FunctionSpec, Applied]{"functions/apply"} // create or update, only if something changed
	ListFunctions  = Method[None, FunctionList]{"functions/list"}
	ShowFunction   = Method[FunctionRef, FunctionDetail]{"functions/show"}
	DeleteFunction = Method[FunctionRef, None]{"functions/delete"}
	ListVersions   = Method[FunctionRef, VersionList]{"functions/versions"}
	Rollback       = Method[FunctionRef, Function]{"functions/rollback"} // Version 0: the one before the current

	Deploy = Method[OnRequest, Deployment]{"deploy"}
	Stop   = Method[OnRequest, None]{"stop"}
	Remove = Method[OnRequest, None]{"remove"}
	Status = Method[StatusRequest, StatusList]{"status"}
	Logs   = Method[LogsRequest, LogList]{"logs"}

	ListCalls = Method[CallsRequest, CallList]{"calls/list"}
	ShowCall  = Method[CallRef, CallRecord]{"calls/show"}

	CreateRuntime = Method[RuntimeSpec, Runtime]{"runtimes/create"}
	UpdateRuntime = Method[RuntimeUpdate, UpdatedRuntime]{"runtimes/update"}
	ListRuntimes  = Method[None, RuntimeList]{"runtimes/list"}
	ShowRuntime   = Method[NameRef, Runtime]{"runtimes/show"}
	DeleteRuntime = Method[NameRef, None]{"runtimes/delete"}

	Pool            = Method[None, PoolList]{"pool"}
	ListComponents  = Method[None, ComponentList]{"components/list"}
	CheckComponents = Method[CheckRequest, ComponentList]{"components/check"}
	Why             = Method[WhyRequest, WhyAnswer]{"components/why"}
	AddPlugin       = Method[PluginSpec, PluginList]{"plugins/add"}
	RemovePlugin    = Method[NameRef, None]{"plugins/remove"}
	ListPlugins     = Method[None, PluginList]{"plugins/list"} // verifies, changes nothing
	LockPlugins     = Method[None, PluginList]{"plugins/lock"} // accepts the executables as they are
	HostStatus      = Method[None, HostState]{"host/status"}
	HostStop        = Method[HostStopRequest, None]{"host/stop"} // answered for callers of any build
	ShowSettings    = Method[None, Settings]{"settings/show"}    // those in force
	CollectGarbage  = Method[None, Garbage]{"gc"}
)

// RunPath is the path of Run, which upgrades to Protocol.
const (
	RunPath  = Version + "run"
	Protocol = "fn-frames/1"
)
