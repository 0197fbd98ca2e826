package hold

import (
	"errors"
	"slices"
	"strconv"
	"strings"
)

// countsOfTCP are what /proc/net/sockstat or sockstat6 tells of TCP in one network
// namespace: sockets that are in use, and closed ones in TIME_WAIT. Its other
// numbers are of the whole machine.
func countsOfTCP(text string) string {
	told := ""
	for line := range strings.Lines(text) {
		fields := strings.Fields(line)
		if len(fields) == 0 || !strings.HasPrefix(fields[0], "TCP") {
			continue
		}
		for i := 1; i+1 < len(fields); i += 2 {
			if fields[i] == "inuse" || fields[i] == "tw" {
				told += fields[0] + fields[i] + fields[i+1] + " "
			}
		}
	}
	return told
}

// requests adds up what was sent, as /proc/net/snmp and snmp6 tell. The first has
// two lines for each protocol, of names and of numbers; the second has a name and
// a number in each line.
func requests(four, six string) (uint64, error) {
	var names, numbers []string
	for line := range strings.Lines(four) {
		if fields := strings.Fields(line); len(fields) > 0 && fields[0] == "Ip:" {
			names, numbers = numbers, fields
		}
	}
	at := slices.Index(names, "OutRequests")
	if at < 0 || at >= len(numbers) {
		return 0, errors.New("the kernel does not tell how many packets were sent")
	}
	sum, err := strconv.ParseUint(numbers[at], 10, 64)
	if err != nil {
		return 0, err
	}
	for line := range strings.Lines(six) {
		if fields := strings.Fields(line); len(fields) == 2 && fields[0] == "Ip6OutRequests" {
			n, err := strconv.ParseUint(fields[1], 10, 64)
			return sum + n, err
		}
	}
	return sum, nil
}
