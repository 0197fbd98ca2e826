package function

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/fnhost/fn/sdk/fault"
)

func TestParseMemory(t *testing.T) {
	for text, want := range map[string]int64{
		"128MiB": 128 << 20, "128MB": 128 << 20, "128M": 128 << 20, "128m": 128 << 20, "128mib": 128 << 20,
		"1.5GiB": 3 << 29, "1g": 1 << 30, " 64 MiB ": 64 << 20, "16MiB": LeastMemory, "16384KiB": LeastMemory,
	} {
		if got, err := ParseMemory(text); err != nil || got != want {
			t.Errorf("%q is %d, %v; want %d", text, got, err, want)
		}
	}
	for text, says := range map[string]string{
		"":                              `write it as "128MiB"`,
		"128":                           `write it as "128MiB"`, // of what?
		"128B":                          `write it as "128MiB"`,
		"128i":                          `write it as "128MiB"`,
		"-128MiB":                       `write it as "128MiB"`,
		"1e3MiB":                        `write it as "128MiB"`,
		"0x80MiB":                       `write it as "128MiB"`,
		"lots":                          `write it as "128MiB"`,
		"1TiB":                          `write it as "128MiB"`,
		"15.99MiB":                      "at least 16MiB",
		"0MiB":                          "at least 16MiB",
		"9999999999999GiB":              "more than there can be",
		strings.Repeat("9", 400) + "GB": "more than there can be",
	} {
		_, err := ParseMemory(text)
		must(t, err, fault.Invalid, says)
	}
}

func FuzzParseMemory(f *testing.F) {
	for _, text := range []string{"128MiB", "1.5g", "16384k", "9e9G", "99999999999999999999GiB", "i"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got, err := ParseMemory(text)
		if err != nil && fault.KindOf(err) != fault.Invalid {
			t.Errorf("%q: %v", text, err)
		}
		if err == nil && got < LeastMemory {
			t.Errorf("%q is %d", text, got)
		}
	})
}

func TestParseTimeout(t *testing.T) {
	for text, want := range map[string]time.Duration{
		"1ms": time.Millisecond, "30s": 30 * time.Second, "2m": 2 * time.Minute, "1h30m": 90 * time.Minute, "24h": LongestTimeout,
	} {
		if got, err := ParseTimeout(text); err != nil || got != want {
			t.Errorf("%q is %s, %v; want %s", text, got, err, want)
		}
	}
	for text, says := range map[string]string{
		"":        `write it as "30s"`,
		"30":      `write it as "30s"`,
		"soon":    `write it as "30s"`,
		"0s":      "from 1ms to 24h0m0s",
		"-1s":     "from 1ms to 24h0m0s",
		"999us":   "from 1ms to 24h0m0s",
		"24h1ns":  "from 1ms to 24h0m0s",
		"999999h": "from 1ms to 24h0m0s",
	} {
		_, err := ParseTimeout(text)
		must(t, err, fault.Invalid, says)
	}
}

func FuzzParseTimeout(f *testing.F) {
	for _, text := range []string{"30s", "1h30m", "1.5s", "-2m", "9223372036854775808ns"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got, err := ParseTimeout(text)
		if err != nil {
			if fault.KindOf(err) != fault.Invalid {
				t.Errorf("%q: %v", text, err)
			}
			return
		}
		stored, err := json.Marshal(Duration(got))
		if err != nil {
			t.Fatal(err)
		}
		var back Duration
		if err := json.Unmarshal(stored, &back); err != nil || time.Duration(back) != got {
			t.Errorf("%q comes back from %s as %v, %v", text, stored, time.Duration(back), err)
		}
	})
}

func TestDurationInSettings(t *testing.T) {
	var d Duration
	for _, stored := range []string{`30`, `"soon"`, `{}`} {
		if err := json.Unmarshal([]byte(stored), &d); err == nil {
			t.Errorf("%s was read as %v", stored, time.Duration(d))
		}
	}
}

func TestCheckName(t *testing.T) {
	for _, name := range []string{"f", "F2", "0", "word-count_2", strings.Repeat("a", 63)} {
		must(t, CheckName(name), "")
		must(t, CheckRuntimeName(name), "")
	}
	for _, name := range []string{"", "-f", "_f", "a b", "a/b", "..", "a.b", "ä", "f\n", strings.Repeat("a", 64)} {
		must(t, CheckName(name), fault.Invalid, "cannot name a function")
		must(t, CheckRuntimeName(name), fault.Invalid, "cannot name a runtime")
	}
	if err := CheckName(strings.Repeat("ä", 5000)); len(err.Error()) > 300 {
		t.Errorf("%d bytes: %.300s", len(err.Error()), err)
	}
}
