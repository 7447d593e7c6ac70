// Command grafana-strict reads dashboards as Grafana's own model of them and refuses what it does
// not know: unknown fields, wrong types, missing fields, values out of range. Panels are read by the
// model of their type.
package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"

	"github.com/grafana/grafana-foundation-sdk/go/cog/plugins"
	"github.com/grafana/grafana-foundation-sdk/go/dashboard"
)

const version = "0.0.22"

func check(name string) error {
	text, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	if !json.Valid(text) {
		return errors.New("no JSON")
	}
	read := dashboard.Dashboard{}
	// an empty list of errors is no nil
	if err := read.UnmarshalJSONStrict(text); err != nil && err.Error() != "" {
		return err
	}
	if err := read.Validate(); err != nil && err.Error() != "" {
		return err
	}
	return nil
}

func main() {
	if len(os.Args) == 2 && os.Args[1] == "--version" {
		fmt.Println("grafana-strict", version)
		return
	}
	plugins.RegisterDefaultPlugins()
	status := 0
	for _, name := range os.Args[1:] {
		if err := check(name); err != nil {
			fmt.Printf("%s: %v\n", name, err)
			status = 1
		}
	}
	os.Exit(status)
}
