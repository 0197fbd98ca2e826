package main

import (
	"math"
	"slices"
	"time"
)

// median and p95 are the values that half, and 95 in a hundred, do not exceed.
func median(values []float64) float64 { return quantile(values, 0.5) }
func p95(values []float64) float64    { return quantile(values, 0.95) }

// quantile takes the nearest rank; it invents no value between two.
func quantile(values []float64, q float64) float64 {
	if len(values) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(values))
	rank := int(math.Ceil(q * float64(len(sorted))))
	return sorted[min(max(rank, 1), len(sorted))-1]
}

// mean is the arithmetic one: those of parts add up to the mean of the whole, which medians do not.
func mean(values []float64) float64 {
	sum := 0.0
	for _, v := range values {
		sum += v
	}
	return sum / float64(max(1, len(values)))
}

// durations are how long the samples took, in milliseconds.
func durations(samples []sample) []float64 {
	return collect(samples, func(s sample) float64 { return ms(s.took) })
}

func collect[T any](from []T, value func(T) float64) []float64 {
	values := make([]float64, len(from))
	for i, v := range from {
		values[i] = value(v)
	}
	return values
}

func ms(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

const megabyte = 1e6 // MB, as in the aims
