package org.craq.client.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AuditCommandTest {
    @TempDir
    private Path folder;

    private final List<String> lines = new ArrayList<>();
    private Path one;
    private Path two;

    private record Outcome(int code, String out, String errors) {}

    @BeforeEach
    void write() throws IOException {
        add("\"server\":\"n1\",\"action\":\"start\",\"outcome\":\"OK\"");
        add(
                "\"server\":\"n1\",\"door\":\"rest\",\"action\":\"write\",\"name\":\"a/x\",\"version\":\"1-2\",\"user\":\"anna\","
                        + "\"peer\":\"10.0.0.1\",\"outcome\":\"OK\",\"bytes\":5");
        add("\"server\":\"n1\",\"door\":\"grpc\",\"action\":\"write\",\"name\":\"b/x\",\"user\":\"bob\","
                + "\"outcome\":\"PERMISSION_DENIED\"");
        add("\"server\":\"n1\",\"action\":\"stop\",\"outcome\":\"OK\"");
        one = folder.resolve("audit-2026-12-01.log");
        two = folder.resolve("audit-2026-12-02.log");
        save();
    }

    private void add(String fields) {
        String before = lines.isEmpty() ? "0".repeat(64) : sha256(lines.get(lines.size() - 1));
        lines.add("{\"ts\":\"2026-12-01T00:00:00.000Z\",\"seq\":" + (lines.size() + 1) + "," + fields + ",\"prev\":\""
                + before + "\"}");
    }

    private static String sha256(String text) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }

    private void save() throws IOException {
        int half = lines.size() / 2;
        Files.write(one, lines.subList(0, half));
        Files.write(two, lines.subList(half, lines.size()));
    }

    private static Outcome run(Object... args) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream errors = new ByteArrayOutputStream();
        int code = Main.run(
                CraqCommand.commandLine(
                        Streams.of(InputStream.nullInputStream(), new StandardOutput(out, false), errors, false)),
                Stream.concat(Stream.of("audit"), Stream.of(args).map(Object::toString))
                        .toArray(String[]::new));
        return new Outcome(code, out.toString(StandardCharsets.UTF_8), errors.toString(StandardCharsets.UTF_8));
    }

    @Test
    void aTrailThatIsWholeIsFoundSo() {
        assertThat(run("verify", one, two).out()).isEqualTo("4 lines, none is missing or changed\n");
        assertThat(run("verify", one, two).code()).isZero();
        assertThat(run("verify", two).out()).contains("2 lines", "before the first of them was not checked");
        assertThat(run("verify", two).code()).isZero();
    }

    @Test
    void theFirstBadLineIsNamed() throws IOException {
        lines.set(1, lines.get(1).replace("anna", "berta"));
        save();
        Outcome changed = run("verify", one, two);
        assertThat(changed.code()).isEqualTo(1);
        assertThat(changed.out()).contains(two + " line 1: prev is not the digest of the line before");

        lines.remove(1);
        save();
        assertThat(run("verify", one, two).out()).contains("seq 3 follows 1: lines are missing");

        lines.set(1, "garbage");
        save();
        assertThat(run("verify", one, two).out()).contains("this is not a line of an audit trail");
        assertThat(run("verify", folder.resolve("none")).code()).isNotZero();
    }

    @Test
    void aBeginThatWasCutOffShows() throws IOException {
        Files.write(one, Collections.singletonList(lines.get(0).replace("\"seq\":1", "\"seq\":2")));
        assertThat(run("verify", one).code()).isEqualTo(1);
    }

    @Test
    void linesAreShownForPeople() {
        assertThat(run("show", one, two).out().lines()).hasSize(4);
        assertThat(run("show", "--user", "anna", one, two).out())
                .isEqualTo("2026-12-01T00:00:00.000Z n1 rest OK anna write 'a/x' 1-2 5 bytes from 10.0.0.1\n");
        assertThat(run("show", "--action", "write", one, two).out().lines()).hasSize(2);
        assertThat(run("show", "--denied", one, two).out()).contains("bob").doesNotContain("anna");
        assertThat(run("show", "--json", "--denied", one, two).out()).isEqualTo(lines.get(2) + "\n");
    }
}
