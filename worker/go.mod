module github.com/fnhost/fn/worker

go 1.26.0
