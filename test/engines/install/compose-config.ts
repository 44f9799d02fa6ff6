/** Version of compose-go, the library `docker compose` itself loads its files with. */
export const COMPOSE_GO_VERSION = '2.16.2';

/** The module of the program below. */
export const COMPOSE_CONFIG_GO_MOD = `module compose-config

go 1.24

require github.com/compose-spec/compose-go/v2 v${COMPOSE_GO_VERSION}
`;

/**
 * What `docker compose config --format json` does, without the rest of Docker (which takes four minutes to build): reads
 * the file named by its argument and the .env of the working directory, checks, interpolates, prints. The `cmd` of
 * compose-go itself forgets the environment.
 */
export const COMPOSE_CONFIG_GO = `package main

import (
	"context"
	"fmt"
	"os"
	"runtime/debug"
	"strings"

	"github.com/compose-spec/compose-go/v2/cli"
)

func main() {
	if len(os.Args) == 2 && os.Args[1] == "--version" {
		info, _ := debug.ReadBuildInfo()
		for _, module := range info.Deps {
			if strings.HasPrefix(module.Path, "github.com/compose-spec/compose-go/") {
				fmt.Println("compose-go", module.Version)
			}
		}
		return
	}
	text, err := load(os.Args[1:])
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Println(string(text))
}

func load(files []string) ([]byte, error) {
	folder, err := os.Getwd()
	if err != nil {
		return nil, err
	}
	options, err := cli.NewProjectOptions(files, cli.WithWorkingDirectory(folder), cli.WithOsEnv,
		cli.WithEnvFiles(), cli.WithDotEnv, cli.WithDefaultProfiles())
	if err != nil {
		return nil, err
	}
	project, err := options.LoadProject(context.Background())
	if err != nil {
		return nil, err
	}
	return project.MarshalJSON()
}
`;
