package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"example.com/tracing-workshop/workshop/internal/workshoptest"
)

// TestWrongWords is about command lines that people type. Each gets one line,
// which says what to type in its place.
func TestWrongWords(t *testing.T) {
	workshoptest.Repository(t, map[string]string{
		"step01-spans": workshoptest.StepThatPasses, "step02-exporter": workshoptest.StepThatPasses, "step03-services": workshoptest.StepThatPasses,
	})
	if err := os.Mkdir("step05-jaeger", 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile("step05-jaeger/jaeger.yaml", nil, 0o600); err != nil {
		t.Fatal(err)
	}
	const steps = "step01-spans, step02-exporter, step03-services"
	for args, want := range map[string]string{
		// The command.
		"chek":         `there is no command "chek": did you mean go run ./workshop check?`,
		"chek 2":       `there is no command "chek": did you mean go run ./workshop check 2?`,
		"CHECK":        `there is no command "CHECK": did you mean go run ./workshop check?`,
		"trces -brief": `there is no command "trces": did you mean go run ./workshop traces -brief?`,
		"hlep":         `there is no command "hlep": did you mean go run ./workshop help?`,
		"help trace":   `there is no command "trace": did you mean go run ./workshop traces?`,
		"help step02":  `there is no command "step02": did you mean go run ./workshop check step02?`,
		"prefetch":     `there is no command "prefetch": did you mean go run ./workshop doctor -prefetch?`,
		"frobnicate":   `there is no command "frobnicate": the commands are ` + strings.Join(commandNames(), ", ") + ` (see go run ./workshop help)`,

		// A step in its place.
		"step02":            `there is no command "step02": did you mean go run ./workshop check step02?`,
		"2":                 `there is no command "2": did you mean go run ./workshop check 2?`,
		"step 2":            `there is no command "step": did you mean go run ./workshop check step2?`,
		"./step02-exporter": `there is no command "./step02-exporter": did you mean go run ./workshop check ./step02-exporter?`,
		"step9":             `there is no step "step9": the steps are ` + steps,
		"9":                 `there is no step "9": the steps are ` + steps,

		// The step.
		"check step9":           `there is no step "step9": the steps are ` + steps,
		"check step 9":          `there is no step "step9": the steps are ` + steps,
		"check step02-exproter": `there is no step "step02-exproter": did you mean step02-exporter?`,
		"check 02-exproter":     `there is no step "02-exproter": did you mean step02-exporter?`,
		"check step0":           `"step0" can be any of ` + steps + `: name one`,
		"check nothing.go":      `there is no step "nothing.go": the steps are ` + steps,
		"check 1 2":             `check: "2" is one argument too many: name one step, or none for all`,

		"watch step9":     `there is no step "step9": the steps are ` + steps,
		"watch 1 2":       `watch: "2" is one argument too many: name one step, or none for the one you are at`,
		"hint xyz":        `there is no step "xyz": the steps are ` + steps,
		"hint -level 4":   `hint: -level 4: it is a number from 1 to 3`,
		"hint -level two": `hint: invalid value "two" for flag -level: it is a whole number (see go run ./workshop hint -h)`,
		"list 1":          `list: "1" is one argument too many (see go run ./workshop list -h)`,
		"diff 9":          `there is no step "9": the steps are ` + steps,
		"reset step9":     `there is no step "step9": the steps are ` + steps,
		"wach 2":          `there is no command "wach": did you mean go run ./workshop watch 2?`,

		// A flag in the place of the command.
		"-v":                       `the flag -v is not known here (see go run ./workshop help)`,
		"--version":                `the flag --version is not known here (see go run ./workshop help)`,
		"-lst":                     `the flag -lst is not known here: did you mean go run ./workshop traces -list?`,
		"--prefetch":               `the flag --prefetch is not known here: did you mean go run ./workshop doctor -prefetch?`,
		"-since=10m":               `the flag -since=10m is not known here: did you mean go run ./workshop traces -since=10m?`,
		"-from http://x traces -x": `the flag -from is not known here: did you mean go run ./workshop traces -from http://x -x?`,
		"-doctor":                  `the flag -doctor is not known here: did you mean go run ./workshop doctor?`,

		// A backend.
		"backend Kafka":                      `there is no backend "Kafka": did you mean go run ./workshop backend kafka?`,
		"backend elastic":                    `there is no backend "elastic": did you mean go run ./workshop backend elasticsearch?`,
		"backend -rm casandra":               `there is no backend "casandra": did you mean go run ./workshop backend -rm cassandra?`,
		"backend casandra -fetch":            `there is no backend "casandra": did you mean go run ./workshop backend -fetch cassandra?`,
		"backend otelcol":                    `there is no backend "otelcol": did you mean go run ./workshop backend collector?`,
		"backend jaeger":                     `Jaeger has a command of its own: did you mean go run ./workshop jaeger?`,
		"backend postgres":                   `there is no backend "postgres": the backends are cassandra, opensearch, elasticsearch, kafka, zipkin, prometheus, collector, python (see go run ./workshop backend -list)`,
		"backend kafka zipkin":               `backend: "zipkin" is one argument too many: each runs in a terminal of its own`,
		"backend all":                        `there is no backend "all": the backends are cassandra, opensearch, elasticsearch, kafka, zipkin, prometheus, collector, python (see go run ./workshop backend -list)`,
		"backend -fetch":                     `backend: -fetch needs a name, or all, as in: go run ./workshop backend -fetch all`,
		"backend -rm":                        `backend: -rm needs a name, or all, as in: go run ./workshop backend -rm all`,
		"backend -list kafka":                `backend: "kafka" is one argument too many: -list shows all of them`,
		"backend kafka -rm -fetch":           `backend: -fetch and -rm do not go together: each says what is to be done, and nothing else`,
		"backend collector mine.yaml":        `backend: "mine.yaml" is one argument too many: did you mean go run ./workshop backend collector -config mine.yaml?`,
		"backend collector -config mine.yml": `backend: there is no file mine.yml`,
		"backend collector -config workshop": `backend: workshop is a folder, and -config needs a file`,
		"backend kafka -config mine.yaml":    `backend: -config is for collector and prometheus, as in: go run ./workshop backend collector -config mine.yaml`,
		"backend -remove":                    `backend: there is no flag -remove (see go run ./workshop backend -h)`,
		"backends":                           `there is no command "backends": did you mean go run ./workshop backend?`,
		"backen kafka":                       `there is no command "backen": did you mean go run ./workshop backend kafka?`,
		"cassandra":                          `there is no command "cassandra": did you mean go run ./workshop backend cassandra?`,
		"zipkin -v":                          `there is no command "zipkin": did you mean go run ./workshop backend zipkin -v?`,
		"backend rm kafka":                   `backend: "rm" is a flag: did you mean go run ./workshop backend -rm kafka?`,
		"backend kafka fetch":                `backend: "fetch" is a flag: did you mean go run ./workshop backend -fetch kafka?`,

		// A flag.
		"traces -lst":             `traces: there is no flag -lst: did you mean -list? (see go run ./workshop traces -h)`,
		"traces -port 1":          `traces: there is no flag -port, but page has one (see go run ./workshop traces -h)`,
		"check -from x":           `check: there is no flag -from, but traces has one (see go run ./workshop check -h)`,
		"doctor -prefech":         `doctor: there is no flag -prefech: did you mean -prefetch? (see go run ./workshop doctor -h)`,
		"doctor prefetch":         `doctor: "prefetch" is one argument too many: did you mean go run ./workshop doctor -prefetch?`,
		"doctor now":              `doctor: "now" is one argument too many (see go run ./workshop doctor -h)`,
		"jaeger build":            `jaeger: "build" is one argument too many: did you mean go run ./workshop jaeger -build?`,
		"jaeger some/file.yaml":   `jaeger: "some/file.yaml" is one argument too many: did you mean go run ./workshop jaeger -config some/file.yaml?`,
		"jaeger -config":          `jaeger: -config needs a value after it (see go run ./workshop jaeger -h)`,
		"traces abc -lst":         `traces: there is no flag -lst: did you mean -list? (see go run ./workshop traces -h)`,
		"traces abc -from":        `traces: -from needs a value after it (see go run ./workshop traces -h)`,
		"traces -brief=x":         `traces: invalid boolean value "x" for -brief: it is true or false (see go run ./workshop traces -h)`,
		"traces -from x -limit y": `traces: invalid value "y" for flag -limit: it is a whole number (see go run ./workshop traces -h)`,

		"traces —list": `—list begins with a dash, and a flag with a hyphen: type -list`,
		"–prefetch":    `–prefetch begins with a dash, and a flag with a hyphen: type -prefetch`,

		// A value.
		"traces -from htp://x":                             `traces: -from htp://x is no address of a Jaeger: that is written as http://127.0.0.1:16686`,
		"traces -from http://":                             `traces: -from http:// is no address of a Jaeger: that is written as http://127.0.0.1:16686`,
		"traces -from [::1":                                `traces: -from [::1 is no address of a Jaeger: that is written as http://127.0.0.1:16686`,
		"jaeger -config jaegr.yaml":                        `jaeger: there is no file jaegr.yaml: did you mean go run ./workshop jaeger -config step05-jaeger/jaeger.yaml?`,
		"jaeger -config step05-jaeger":                     `jaeger: step05-jaeger is a folder, and -config needs a file: did you mean go run ./workshop jaeger -config step05-jaeger/jaeger.yaml?`,
		"traces -from x -longer 100":                       `traces: invalid value "100" for flag -longer: add a unit: 100ms (see go run ./workshop traces -h)`,
		"traces -errors":                                   `traces: -errors is a question to a Jaeger: add -from http://127.0.0.1:16686`,
		"traces -calls -errors":                            `traces: -calls is a question to a Jaeger: add -from http://127.0.0.1:16686`,
		"traces -from x -attribute y":                      `traces: invalid value "y" for flag -attribute: it is a key and a value, as http.response.status_code=500 (see go run ./workshop traces -h)`,
		"traces -from x -shorter 1s":                       `traces: -shorter needs -service, since nearly every trace has some short span`,
		"traces -from x -only":                             `traces: -only needs to know which spans: add -service, -errors, -longer or -attribute`,
		"traces -from x -calls -list":                      `traces: -calls counts, and neither lists nor draws: leave -list and -only out`,
		"traces -from x -longer -1s":                       `traces: no span takes less than no time: -longer and -shorter are from 0 on`,
		"traces -from x -list -only -errors":               `traces: -list and -only do not go together: one has a line for each trace, the other draws spans`,
		"traces -from x -service y -longer 2s -shorter 1s": `traces: no span takes at least 2s and less than 1s`,
		"traces -from x -longer 1.5":                       `traces: invalid value "1.5" for flag -longer: add a unit: 1.5ms (see go run ./workshop traces -h)`,
		"traces -from x -since 10":                         `traces: invalid value "10" for flag -since: add a unit: 10m (see go run ./workshop traces -h)`,
		"traces -from x -since 1d":                         `traces: invalid value "1d" for flag -since: it is a number and a unit, as 500ms, 10m or 2h (see go run ./workshop traces -h)`,
		"traces -from 16686":                               `traces: -from 16686 is a port without a host: write -from http://127.0.0.1:16686`,
		"traces -listen 4317":                              `traces: -listen 4317 is a port without a host: write -listen 127.0.0.1:4317`,
		"traces -listen here":                              `traces: -listen here is no address: that is a host and a port, as 127.0.0.1:14317`,
		"traces -listen :70000":                            `traces: -listen :70000 is no address: a port is a number up to 65535, as in :14317`,
		"traces 4317":                                      `traces: "4317" would be the id of a trace to ask a Jaeger for: add -from http://127.0.0.1:16686`,
		"traces localhost:16686":                           `traces: "localhost:16686" is no trace id: did you mean go run ./workshop traces -from localhost:16686?`,
		"traces list":                                      `traces: "list" is one argument too many: did you mean go run ./workshop traces -list?`,
		"traces watch":                                     `traces: "watch" is one argument too many (see go run ./workshop traces -h)`,
	} {
		want = strings.ReplaceAll(want, "step05-jaeger/jaeger.yaml", filepath.Join("step05-jaeger", "jaeger.yaml"))
		code, stdout, stderr := outcome(t, strings.Fields(args)...)
		if code != exitUsage || stdout != "" || stderr != "workshop: "+want+"\n" {
			t.Errorf("%s: exit code %d, stdout %q, stderr\n%swant %d and\nworkshop: %s", args, code, stdout, stderr, exitUsage, want)
		}
	}
	t.Run("in the folder of a step", func(t *testing.T) {
		t.Chdir("step02-exporter")
		_, _, stderr := outcome(t, "chek", "a file")
		workshoptest.Contains(t, stderr, `did you mean go run ../workshop check "a file"?`)
	})
	t.Run("outside of the workshop", func(t *testing.T) {
		t.Chdir(t.TempDir())
		_, _, stderr := outcome(t, "chek")
		workshoptest.Contains(t, stderr, `did you mean go run ./workshop check?`)
		_, _, stderr = outcome(t, "step02")
		workshoptest.Contains(t, stderr, `is not in the tracing workshop: change to the folder that you cloned it into`)
	})
}

// TestFlagsAfterTheArgument takes flags wherever they stand.
func TestFlagsAfterTheArgument(t *testing.T) {
	code, _, stderr := outcome(t, "traces", "abc", "-from", "http://127.0.0.1:1", "-brief")
	if code != exitFailed {
		t.Errorf("exit code %d, want %d", code, exitFailed)
	}
	workshoptest.Contains(t, stderr, "no Jaeger answers at http://127.0.0.1:1")
}
