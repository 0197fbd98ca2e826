package oneshot

import (
	"encoding/json"
	"regexp"
	"strconv"
	"strings"

	"github.com/fnhost/fn/sdk"
)

// Amount is a quantity of memory in the settings: a number of bytes, or a text
// such as "512MiB". M and MiB both mean 1,048,576 bytes.
type Amount int64

var amountPattern = regexp.MustCompile(`^([0-9]{1,9}(?:\.[0-9]{1,3})?) *([kKmMgGtT])i?[bB]?$`)

// UnmarshalJSON reads either form.
func (a *Amount) UnmarshalJSON(data []byte) error {
	var number int64
	if err := json.Unmarshal(data, &number); err == nil && number >= 0 {
		*a = Amount(number)
		return nil
	}
	var text string
	if err := json.Unmarshal(data, &text); err == nil {
		if match := amountPattern.FindStringSubmatch(strings.TrimSpace(text)); match != nil {
			number, _ := strconv.ParseFloat(match[1], 64)
			shift := map[string]float64{"k": 1 << 10, "m": 1 << 20, "g": 1 << 30, "t": 1 << 40}[strings.ToLower(match[2])]
			*a = Amount(number * shift)
			return nil
		}
	}
	return sdk.Errorf(sdk.Invalid, `%s is no amount of memory: write it as "512MiB" or "2GiB"`, data)
}
