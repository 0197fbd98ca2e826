package catalog

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/fnhost/fn/host/api"
	"github.com/fnhost/fn/sdk/fault"
)

// Why explains a verb: which components provide it, or would were they ready.
// A verb that no component can have is Invalid.
func Why(verb string, components []api.Component) (api.WhyAnswer, error) {
	if !slices.Contains(api.Verbs(), verb) {
		e := fault.New(fault.Invalid, "%q is not a verb of components (%s)", verb, strings.Join(api.Verbs(), ", "))
		if meant := fault.Nearest(verb, api.Verbs()); meant != "" {
			e = e.WithHint("fn components why %s", meant)
		}
		return api.WhyAnswer{}, e
	}
	answer := api.WhyAnswer{Verb: verb, Components: make([]api.WhyComponent, 0, len(components))}
	for _, c := range components {
		provides := provides(c, verb)
		answer.Components = append(answer.Components, api.WhyComponent{Component: c, ProvidesIt: provides})
		answer.Available = answer.Available || provides && c.State == api.ComponentReady
	}
	if len(components) == 0 {
		answer.Hint = Refusal(verb, "", nil).Hint
	}
	return answer, nil
}

// provides tells whether c has the verb, or would have were it ready. Of one
// that never said what it can do, only what every component can is certain.
func provides(c api.Component, verb string) bool {
	if len(c.Provides) == 0 && c.State != api.ComponentReady {
		return slices.Contains(api.Verbs()[:4], verb) // see there
	}
	return slices.Contains(c.Provides, verb)
}

// Refusal explains why a verb cannot be used: on the component named, else on
// any. It names which component would provide it, what is wrong, since when,
// and what mends it. It is never nil; asked about a verb that could be used, it
// says on which component.
//
// The kind is NotFound where there is no component of the name, Unimplemented
// where it has no such verb, Broken where it is broken, else Unavailable.
func Refusal(verb, on string, components []api.Component) *fault.Error {
	if on != "" {
		return refusedOn(verb, on, components).In(on, verb)
	}
	return refusedAnywhere(verb, components).In("", verb)
}

func refusedOn(verb, on string, components []api.Component) *fault.Error {
	i := slices.IndexFunc(components, func(c api.Component) bool { return c.Name == on })
	if i < 0 {
		return noComponent(on, components)
	}
	c := components[i]
	switch {
	case c.State != api.ComponentReady:
		return notReady(c)
	case !provides(c, verb):
		return fault.New(fault.Unimplemented, "this component has no %s", verb).
			WithHint("fn components why %s", verb)
	}
	return fault.New(fault.Unavailable, "it is ready again").WithHint("try again")
}

func noComponent(on string, components []api.Component) *fault.Error {
	names := make([]string, len(components))
	for i, c := range components {
		names[i] = c.Name
	}
	e := fault.New(fault.NotFound, "no such component")
	if meant := fault.Nearest(on, names); meant != "" {
		return e.WithHint("did you mean %s?", meant)
	}
	if len(names) == 0 {
		return e.WithHint("fn plugins add %s", on)
	}
	return e.WithHint("there are: %s", strings.Join(names, ", "))
}

func refusedAnywhere(verb string, components []api.Component) *fault.Error {
	if len(components) == 0 {
		return fault.New(fault.Unavailable, "no component is configured").WithHint("fn plugins add local")
	}
	var ready []string
	var wrong []api.Component
	for _, c := range components {
		switch {
		case !provides(c, verb):
		case c.State == api.ComponentReady:
			ready = append(ready, c.Name)
		default:
			wrong = append(wrong, c)
		}
	}
	says := make([]string, len(wrong))
	for i, c := range wrong {
		c.Reason = c.Sentence() // one of several
		says[i] = c.Name + " is " + condition(c)
	}
	switch {
	case len(ready) > 0:
		return fault.New(fault.Unavailable, "no component takes this unasked%s, %s would when named",
			listed(says), strings.Join(ready, " or ")).WithHint("--on %s", ready[0])
	case len(wrong) > 0:
		return fault.New(fault.Unavailable, "no component is ready for this%s", listed(says)).
			WithHint("%s", mend(wrong[0]))
	}
	return fault.New(fault.Unavailable, "no component has this verb").WithHint("fn components why %s", verb)
}

func listed(says []string) string {
	if len(says) == 0 {
		return ""
	}
	return ": " + strings.Join(says, "; ")
}

// notReady is the error of using a component that is not ready.
func notReady(c api.Component) *fault.Error {
	kind := fault.Unavailable
	if c.State == api.ComponentBroken {
		kind = fault.Broken
	}
	return fault.New(kind, "%s", condition(c)).WithHint("%s", mend(c)).In(c.Name, "")
}

// condition is "unavailable since 2006-01-02 15:04:05: why".
func condition(c api.Component) string {
	if c.State == api.ComponentUnknown {
		return "not checked yet"
	}
	says := c.State
	if !c.Since.IsZero() {
		says += " since " + c.Since.Local().Format(time.DateTime)
	}
	if c.Reason != "" {
		says += ": " + c.Reason
	}
	return says
}

// mend is the component's own hint, else the command that looks again.
func mend(c api.Component) string {
	if c.Hint != "" {
		return c.Hint
	}
	return fmt.Sprintf("fn components check %s", c.Name)
}
