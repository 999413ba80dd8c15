package org.craq.client.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CertsCommandTest {
    private static final long PATIENCE_SECONDS = 120;

    @TempDir
    private Path temporary;

    private Path folder;

    @BeforeEach
    void name() {
        folder = temporary.resolve("certs");
    }

    private record Outcome(int code, String out, String errors) {}

    private Outcome run(String... args) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream errors = new ByteArrayOutputStream();
        List<String> all = new ArrayList<>(List.of("certs", "--dir", folder.toString()));
        all.addAll(List.of(args));
        int code = Main.run(
                CraqCommand.commandLine(
                        Streams.of(InputStream.nullInputStream(), new StandardOutput(out, false), errors, false)),
                all.toArray(String[]::new));
        return new Outcome(code, out.toString(StandardCharsets.UTF_8), errors.toString(StandardCharsets.UTF_8));
    }

    private Outcome init() {
        return run(
                "init",
                "--cluster",
                "blue",
                "--server",
                "n1=10.0.0.1,n1.example",
                "--server",
                "n2=[::1]",
                "--manager-server",
                "m1=localhost");
    }

    @Test
    void eachCommandSaysWhatItMadeAndWhatComesNext() {
        Outcome init = init();
        assertThat(init.code()).as(init.errors()).isZero();
        assertThat(init.out())
                .contains("CA of cluster blue: " + folder + "/ca.crt, valid until ")
                .contains("node n1: " + folder + "/n1/node.crt, valid until ")
                .contains(", for 10.0.0.1, n1.example\n")
                .contains("manager m1: ")
                .contains("craq certs export n1 --to n1.tar")
                .contains("craq.tls.certificate", "craq.tls.key", "craq.tls.ca")
                .contains("CRAQ_TLS_CERTIFICATE", "CRAQ_TLS_KEY", "CRAQ_TLS_CA");
        assertThat(run("node", "n3", "10.0.0.3,n3.example").out())
                .contains("node n3: ", folder + "/n3/node.crt", folder + "/n3/node.key", folder + "/ca.crt");
        assertThat(run("manager", "m2", "10.0.0.3", "m2.example").out()).contains("for 10.0.0.3, m2.example");
        assertThat(run("user", "anna").out()).contains("user anna: ", "craq certs export users/anna");
        assertThat(run("renew", "n1", "users/anna").out()).contains("node n1: ", "user anna: ", "Next");
        Outcome export = run("export", "n3", "--to", temporary.resolve("n3.tar").toString());
        assertThat(export.out()).contains("tar -xpf n3.tar", "CRAQ_TLS_KEY");
        assertThat(temporary.resolve("n3.tar")).isNotEmptyFile();
        assertThat(run("show").code()).isZero();
    }

    @Test
    void theCaIsReplacedStepByStep() {
        init();
        assertThat(run("renew", "--authority").out()).contains("1. Give this ca.crt", "renew --all", "--finish");
        assertThat(run("renew", "--authority", "--finish").code()).isEqualTo(1);
        assertThat(run("show").out()).contains("(old)");
        assertThat(run("renew", "--all").code()).isZero();
        assertThat(run("renew", "--authority", "--finish").code()).isZero();
        assertThat(run("show").out()).doesNotContain("(old)");
    }

    @Test
    void problemsAreShownAndFailTheCommand() throws IOException {
        init();
        Files.setPosixFilePermissions(folder.resolve("n1/node.key"), PosixFilePermissions.fromString("rw-r--r--"));
        Outcome shown = run("show");
        assertThat(shown.code()).isEqualTo(1);
        assertThat(shown.out().lines())
                .hasSize(6)
                .anyMatch(line -> line.startsWith("  problem: node.key is not private; run: chmod 600 "));
        assertThat(run("show", folder.resolve("n2").toString()).code()).isZero();
        List<JsonObject> rows = run("show", "--json")
                .out()
                .lines()
                .map(line -> JsonParser.parseString(line).getAsJsonObject())
                .toList();
        assertThat(rows)
                .extracting(row -> row.get("problems").getAsJsonArray().size())
                .containsExactly(0, 0, 1, 0);
        assertThat(rows.get(2).get("identity").getAsString()).isEqualTo("spiffe://craq/blue/node/n1");
        assertThat(rows.get(2).get("daysLeft").getAsLong()).isEqualTo(397);
    }

    @Test
    void withJsonThereIsOneObjectForEachCertificate() {
        List<JsonObject> made = run("init", "--server", "n1=localhost", "--json")
                .out()
                .lines()
                .map(line -> JsonParser.parseString(line).getAsJsonObject())
                .toList();
        assertThat(made).hasSize(3);
        String cluster = made.get(0).get("cluster").getAsString();
        assertThat(cluster).matches("c-[0-9a-f]{12}");
        assertThat(made.get(1).get("identity").getAsString()).isEqualTo("spiffe://craq/" + cluster + "/node/n1");
        assertThat(Path.of(made.get(1).get("key").getAsString())).isNotEmptyFile();
    }

    @Test
    void theFirstAdministratorHasAnAccessKey() throws IOException {
        assertThat(init().out()).contains("craq.admin.key.file", "CRAQ_ADMIN_KEY_FILE");
        Path file = folder.resolve("admin.key");
        String key = Files.readString(file);
        assertThat(key).matches("CK[A-Z2-7]{18}:[A-Za-z0-9_-]{43}\n");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");

        assertThat(run("init", "--force").code()).isZero();
        assertThat(file).as("a new CA leaves the key").hasContent(key);
        Outcome again = run("admin-key");
        assertThat(again.code()).isEqualTo(1);
        assertThat(again.errors()).contains("--force");
        assertThat(file).hasContent(key);
        Outcome replaced = run("admin-key", "--force");
        assertThat(replaced.code()).as(replaced.errors()).isZero();
        assertThat(replaced.out())
                .contains("craq.admin.key.file")
                .doesNotContain(Files.readString(file).strip());
        assertThat(Files.readString(file)).isNotEqualTo(key).startsWith("CK");
    }

    @Test
    void wrongUsageIsExplainedAndChangesNothing() {
        for (String[] args : new String[][] {
            {},
            {"init", "--cluster", "a/b"},
            {"init", "--server", "n1"},
            {"init", "--server", "n1="},
            {"init", "--server", "n1=10.0.0.1:80"},
            {"init", "--server", "n1=a", "--manager-server", "n1=b"},
            {"init", "--server", "users=a"},
            {"node", "n1"},
            {"node", "n1", "not a host"},
            {"node", "../n1", "localhost"},
            {"user", "a b"},
            {"renew"},
            {"renew", "n1", "--all"},
            {"renew", "--authority", "--all"},
            {"renew", "--finish"},
            {"renew", "--authority", "--force"},
            {"renew", "../n1"},
            {"export", "n1"},
            {"export", "ca.key", "--to", "x"}
        }) {
            Outcome outcome = run(args);
            assertThat(outcome.code()).as(String.join(" ", args)).isEqualTo(2);
            assertThat(outcome.errors()).startsWith("craq: ").contains("--help");
            assertThat(outcome.out()).isEmpty();
        }
        assertThat(folder).doesNotExist();
    }

    @Test
    void failuresAreOneLine() {
        for (String[] args : new String[][] {
            {"show"}, {"user", "anna"}, {"renew", "--all"}, {"renew", "--authority"}, {"export", "n1", "--to", "x.tar"}
        }) {
            Outcome outcome = run(args);
            assertThat(outcome.code()).as(String.join(" ", args)).isEqualTo(1);
            assertThat(outcome.errors().lines()).hasSize(1).first().asString().startsWith("craq: " + folder);
        }
        assertThat(folder).doesNotExist();
        init();
        Outcome again = init();
        assertThat(again.code()).isEqualTo(1);
        assertThat(again.errors()).contains("exists already").contains("--force");
        assertThat(run("init", "--server", "n1=localhost", "--force").out()).contains("CA of cluster blue");
    }

    @Test
    void keysArePrivateWhateverTheUmaskIs() throws Exception {
        for (String umask : List.of("000", "077")) {
            Path made = temporary.resolve("umask" + umask);
            Process process = new ProcessBuilder(
                            "sh",
                            "-c",
                            "umask " + umask + "; exec \"$@\"",
                            "sh",
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-XX:TieredStopAtLevel=1",
                            "-cp",
                            System.getProperty("java.class.path"),
                            Main.class.getName(),
                            "certs",
                            "init",
                            "--dir",
                            made.toString(),
                            "--server",
                            "n1=localhost")
                    .inheritIO()
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            assertThat(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue()).isZero();
            for (String secret : List.of("ca.key", "n1/node.key", "n1/node.p12", "n1/node.p12.password")) {
                assertThat(mode(made.resolve(secret))).as(umask + " " + secret).isEqualTo("rw-------");
            }
            assertThat(mode(made)).isEqualTo("rwx------");
            assertThat(mode(made.resolve("ca.crt"))).isEqualTo("rw-r--r--");
        }
    }

    private static String mode(Path file) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
    }
}
