package tomlfile

import "github.com/BurntSushi/toml"

// order is the keys of a table in the order of the file, and those of the tables
// in it.
type order struct {
	names []string
	below map[string]*order
}

func orderOf(keys []toml.Key) *order {
	root := &order{}
	for _, key := range keys {
		o := root
		for _, name := range key {
			o = o.at(name)
		}
	}
	return root
}

// at returns what is below a name, which is added if it is new.
func (o *order) at(name string) *order {
	below, ok := o.below[name]
	if !ok {
		if o.below == nil {
			o.below = map[string]*order{}
		}
		below = &order{}
		o.below[name] = below
		o.names = append(o.names, name)
	}
	return below
}
