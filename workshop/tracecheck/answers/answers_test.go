package answers

import (
	"maps"
	"testing"
	"testing/fstest"
)

func TestRead(t *testing.T) {
	for name, test := range map[string]struct {
		text string
		want map[string]string
		seed bool
		err  string
	}{
		"empty":              {text: "", want: map[string]string{}},
		"nested":             {text: "seed: 7\nslow:\n  service: basel\n", want: map[string]string{"seed": "7", "slow.service": "basel"}, seed: true},
		"comments":           {text: "# a\nseed: 7 # mine\n  # b\n", want: map[string]string{"seed": "7"}, seed: true},
		"quoted":             {text: "seed: \"7\"\nslow:\n  service: 'basel'\r\n", want: map[string]string{"seed": "7", "slow.service": "basel"}, seed: true},
		"a hash in a value":  {text: "slow:\n  value: a#b\n", want: map[string]string{"slow.value": "a#b"}},
		"a colon in a value": {text: "slow:\n  value: a:b\n", want: map[string]string{"slow.value": "a:b"}},
		"braces":             {text: "seed: \"7\"  # mine\nslow: {service: basel, value: 'a, b'}\n", want: map[string]string{"seed": "7", "slow.service": "basel", "slow.value": "a, b"}, seed: true},
		"braces of lines":    {text: "seed: 7\nslow: { # here\n  service: basel,\n  \"value\": \"b:c\" }\n", want: map[string]string{"seed": "7", "slow.service": "basel", "slow.value": "b:c"}, seed: true},
		"braces around all":  {text: "{seed: 7, slow: {service: basel}}\n", want: map[string]string{"seed": "7", "slow.service": "basel"}, seed: true},
		"a brace too few":    {text: "seed: 7\nslow: {service: basel\n", err: "line 2 of answers.yaml is not of the form name: answer: did not find expected ',' or '}'"},
		"a mark":             {text: "\ufeffseed: 7\n", want: map[string]string{"seed": "7"}, seed: true},
		"an apostrophe":      {text: "slow:\n  value: o'clock # it's\n", want: map[string]string{"slow.value": "o'clock"}},
		"a hash in quotes":   {text: "slow:\n  value: \"a #b\"\n", want: map[string]string{"slow.value": "a #b"}},
		"a quoted name":      {text: "\"seed\": 7\nslow: {\"service\": basel}\n", want: map[string]string{"seed": "7", "slow.service": "basel"}, seed: true},
		"a tab":              {text: "seed: 7\nslow:\n\tservice: basel\n", err: "line 3 of answers.yaml is not of the form name: answer: it is indented by a tab, and YAML takes spaces alone"},
		"a list":             {text: "seed: 7\nslow:\n- basel\n", err: "line 3 of answers.yaml is not of the form name: answer: a list"},
		"no answer yet":      {text: "seed: 7\nslow:\n  service:\n  value: ~\n", want: map[string]string{"seed": "7", "slow.service": "", "slow.value": ""}, seed: true},
		"as it is written":   {text: "seed: 7\nslow:\n  value: 007\nrepeated: {times: 0x7}\n", want: map[string]string{"seed": "7", "slow.value": "007", "repeated.times": "0x7"}, seed: true},
		"no number":          {text: "seed: seven\n", want: map[string]string{"seed": "seven"}},
		"no colon":           {text: "seed: 7\nslow is basel\n", err: "line 2 of answers.yaml is not of the form name: answer: could not find expected ':'"},
	} {
		t.Run(name, func(t *testing.T) {
			f := Read(fstest.MapFS{"answers.yaml": {Data: []byte(test.text)}}, "answers.yaml")
			if test.err != "" {
				if f.err == nil || f.err.Error() != test.err {
					t.Errorf("the error is %v, want %s", f.err, test.err)
				}
				return
			}
			if f.err != nil || !maps.Equal(f.values, test.want) {
				t.Errorf("got %v, %v; want %v", f.values, f.err, test.want)
			}
			if _, ok := f.Seed(); ok != test.seed {
				t.Errorf("there is a seed: %v", ok)
			}
		})
	}
}
