package container

import (
	"github.com/docker/docker/api/types/filters"
)

// The labels of everything that is made.
const (
	labelHost      = "fn.host"      // whose it is: the id of a host, of which there is one for each FN_HOME
	labelComponent = "fn.component" // its name in the manifest
	labelProcess   = "fn.process"   // the process that needs it: see package presence
	labelRole      = "fn.role"      // "worker", "holder", "probe", "build", "network", …
)

// Owner is whose containers are made here.
type Owner struct {
	Host      string
	Component string
	Process   string
}

// Labels are those of a thing with a role.
func (o Owner) Labels(role string) map[string]string {
	return map[string]string{labelHost: o.Host, labelComponent: o.Component, labelProcess: o.Process, labelRole: role}
}

// mine selects what this process has made.
func (o Owner) mine() filters.Args {
	return filters.NewArgs(filters.Arg("label", labelHost+"="+o.Host), filters.Arg("label", labelProcess+"="+o.Process))
}

// component selects what processes of the component have made for themselves.
func (o Owner) component() filters.Args {
	return filters.NewArgs(filters.Arg("label", labelHost+"="+o.Host), filters.Arg("label", labelComponent+"="+o.Component),
		filters.Arg("label", labelProcess))
}
