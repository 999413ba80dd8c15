package org.craq.system.chain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.craq.client.GetOptions;
import org.craq.client.cli.Main;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** {@code craq put} of a large file is killed in the middle and run again. */
@ExtendWith(ChainExtension.class)
class ResumedPutIT {
    private static final int MIB = 1 << 20;
    private static final Duration PATIENCE = Duration.ofMinutes(3);

    private final TestChain chain;

    @TempDir
    private Path folder;

    ResumedPutIT(TestChain chain) {
        this.chain = chain;
    }

    private record Ended(int code, String output) {}

    private Process start(Path source, String name) {
        List<String> command = new ArrayList<>(List.of(
                ProcessHandle.current().info().command().orElseThrow(),
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName()));
        command.addAll(List.of("--manager", chain.cluster().managerAddress(), "put", source.toString(), name));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("CRAQ_STATE", folder.resolve("state").toString());
        try {
            return builder.redirectOutput(folder.resolve("output").toFile()).start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Ended ended(Process process) throws Exception {
        assertThat(process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
        return new Ended(process.exitValue(), Files.readString(folder.resolve("output"), StandardCharsets.UTF_8));
    }

    private static void fill(Path file, int mebibytes) throws IOException {
        Random random = new Random(1);
        byte[] block = new byte[MIB];
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file))) {
            for (int i = 0; i < mebibytes; i++) {
                random.nextBytes(block);
                out.write(block);
            }
        }
    }

    private long notes() {
        Path notes = folder.resolve("state").resolve("uploads");
        if (!Files.isDirectory(notes)) {
            return 0;
        }
        try (Stream<Path> files = Files.list(notes)) {
            return files.count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void aPutThatWasKilledGoesOn() throws Exception {
        Path source = folder.resolve("large");
        fill(source, 260);
        Map<String, Long> before = chain.storedBytes();
        Process first = start(source, "resumed/large");
        await().atMost(PATIENCE).until(() -> chain.storedBytes().get("n1") - before.get("n1") > 100L * MIB);
        first.destroyForcibly();
        assertThat(ended(first).code()).isNotZero();
        assertThat(notes()).isEqualTo(1);

        Ended second = ended(start(source, "resumed/large"));
        assertThat(second.output()).contains("resuming after").contains("272629760 bytes, on n1, n2, n3");
        assertThat(second.code()).isZero();
        assertThat(notes()).isZero();
        for (String node : TestChain.NODES) {
            Path copy = folder.resolve("copy");
            chain.client().get("resumed/large", copy, GetOptions.defaults().withNode(node));
            assertThat(Files.mismatch(source, copy)).as(node).isEqualTo(-1);
        }

        chain.client().delete("resumed/large");
    }

    @Test
    void itGoesByTheContentPort() throws Exception {
        Path source = folder.resolve("port");
        fill(source, 256);
        double before = receivedByPort();
        Ended ended = ended(start(source, "resumed/port"));
        assertThat(ended.output()).contains("268435456 bytes, on n1, n2, n3");
        assertThat(receivedByPort() - before).isGreaterThanOrEqualTo(256.0 * MIB);
        chain.client().delete("resumed/port");
    }

    private double receivedByPort() {
        return chain.rest()
                .get(URI.create(chain.headUrl() + "/metrics"))
                .text()
                .lines()
                .filter(line -> line.startsWith("craq_content_received_bytes_total "))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }

    @Test
    void aFileThatChangesMeanwhileIsNotStored() throws Exception {
        Path source = folder.resolve("changing");
        fill(source, 260);
        Map<String, Long> before = chain.storedBytes();
        Process put = start(source, "resumed/changing");
        await().atMost(PATIENCE).until(() -> chain.storedBytes().get("n1") - before.get("n1") > 20L * MIB);
        try (FileChannel channel = FileChannel.open(source, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.allocate(1000), 0);
        }
        Ended ended = ended(put);
        assertThat(ended.output()).contains("changed while it was being stored; nothing was stored");
        assertThat(ended.code()).isEqualTo(1);
        assertThat(notes()).isZero();
        assertThat(chain.client().listAll("resumed/changing").iterator().hasNext())
                .isFalse();
    }
}
