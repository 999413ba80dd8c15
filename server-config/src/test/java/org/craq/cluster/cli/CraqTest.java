package org.craq.cluster.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.craq.cluster.Installation;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class CraqTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter errors = new StringWriter();

    @TempDir
    private Path folder;

    @Test
    void theClientsCommandsAndThoseOfTheClusterAreOneCommandLine() {
        assertThat(Craq.commandLine().getSubcommands())
                .containsKeys("put", "get", "ls", "stat", "rm")
                .containsKeys("up", "down", "status", "start", "stop", "kill", "logs", "demo");
    }

    @Test
    void statusWithoutAClusterFailsInOneLine() {
        assertThat(run("status", "--data", folder.toString())).isEqualTo(1);
        assertThat(errors.toString().strip())
                .startsWith("craq: There is no cluster in")
                .doesNotContain("\n");
    }

    @Test
    void downWithoutAClusterIsFine() {
        assertThat(run("down", "--data", folder.toString())).isZero();
        assertThat(out.toString()).startsWith("Nothing is up");
    }

    @Test
    void anUnknownOptionIsWrongUsage() {
        assertThat(run("up", "--wings")).isEqualTo(2);
    }

    @Test
    void aFolderThatCantBeMadeIsToldWithTheReason() throws IOException {
        Path file = Files.createFile(folder.resolve("file"));
        assertThat(runBuilt("up", "--data", file.resolve("data").toString())).isEqualTo(1);
        assertThat(errors.toString())
                .containsPattern("can't be created: .*(Not a directory|is not a folder|already exists)");
    }

    /** Runs a command in a project where everything has been built; files that are never started may be empty. */
    private int runBuilt(String... args) throws IOException {
        Path home = folder.resolve("home");
        for (String built : new String[] {
            "server-config/target/wildfly/jboss-modules.jar",
            "server-config/target/wildfly/bin/compiler-directives.json",
            "craq-node-war/target/craq-node-war.war",
            "craq-manager-war/target/craq-manager-war.war"
        }) {
            Path file = home.resolve(built);
            Files.createDirectories(file.getParent());
            Files.createFile(file);
        }
        String former = System.setProperty(Installation.HOME_PROPERTY, home.toString());
        try {
            return run(args);
        } finally {
            if (former == null) {
                System.clearProperty(Installation.HOME_PROPERTY);
            } else {
                System.setProperty(Installation.HOME_PROPERTY, former);
            }
        }
    }

    @Test
    void aMissingServerNameIsWrongUsage() {
        assertThat(run("kill")).isEqualTo(2);
    }

    @Test
    void demoOfAMissingFileFailsBeforeAnythingStarts() {
        assertThat(run("demo", folder.resolve("missing").toString(), "--data", folder.toString()))
                .isEqualTo(1);
        assertThat(errors.toString()).contains("missing is not a file that can be read");
    }

    @Test
    void helpOfEveryCommandIsThere() {
        for (String command : Craq.commandLine().getSubcommands().keySet()) {
            assertThat(run(command, "--help")).as(command).isZero();
        }
    }

    private int run(String... args) {
        CommandLine line = Craq.commandLine();
        line.setOut(new PrintWriter(out, true));
        line.setErr(new PrintWriter(errors, true));
        return line.execute(args);
    }
}
