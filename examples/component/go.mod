module github.com/fnhost/fn/examples/component

go 1.26.0

require github.com/fnhost/fn/sdk v0.1.0
