package org.craq.system.chain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.craq.client.CraqClient;
import org.craq.client.FileInfo;
import org.craq.client.FileVersion;
import org.craq.client.GetOptions;
import org.craq.client.PutOptions;
import org.craq.client.Receipt;
import org.craq.wire.CraqException;
import org.craq.wire.ErrorCode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Appends bytes to files, by the client and by REST. */
@ExtendWith(ChainExtension.class)
class AppendIT {
    private final TestChain chain;
    private final Rest rest;
    private final CraqClient client;

    AppendIT(TestChain chain) {
        this.chain = chain;
        this.rest = chain.rest();
        this.client = chain.client();
    }

    private Receipt append(String name, byte[] bytes, PutOptions options) {
        try {
            return client.append(name, new ByteArrayInputStream(bytes), options);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Receipt append(String name, byte[] bytes) {
        return append(name, bytes, PutOptions.defaults());
    }

    private byte[] read(String name, GetOptions options) {
        ByteArrayOutputStream target = new ByteArrayOutputStream();
        try {
            client.get(name, target, options);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return target.toByteArray();
    }

    private void assertHolds(String name, byte[] content) {
        for (String node : TestChain.NODES) {
            assertThat(Digest.of(read(name, GetOptions.defaults().withNode(node))))
                    .as(name + " on " + node)
                    .isEqualTo(Digest.of(content));
        }
    }

    private static byte[] joined(byte[]... parts) {
        ByteArrayOutputStream whole = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            whole.writeBytes(part);
        }
        return whole.toByteArray();
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static void assertFails(ErrorCode code, Runnable step) {
        assertThatThrownBy(step::run).isInstanceOfSatisfying(CraqException.class, e -> assertThat(e.code())
                .isEqualTo(code));
    }

    @Test
    void theFirstOneMakesTheFileAndTheNextOnesAddToItAndKeepWhatItIs() {
        PutOptions labelled =
                PutOptions.defaults().withContentType("text/x-log").withUserMetadata(Map.of("by", "test"));
        byte[] first = RandomBytes.array(1, 3 << 20);
        byte[] second = RandomBytes.array(2, 100);
        FileVersion before = append("append/log", first, labelled).version();
        Receipt receipt = append("append/log", second, PutOptions.defaults().withContentType("text/ignored"));
        assertThat(receipt.length()).isEqualTo(first.length + second.length);
        assertThat(receipt.version()).isGreaterThan(before);
        assertHolds("append/log", joined(first, second));
        FileInfo info = client.stat("append/log");
        assertThat(info.contentType()).isEqualTo("text/x-log");
        assertThat(info.userMetadata()).containsEntry("by", "test");
        assertThat(info.crc32c()).isEqualTo(receipt.crc32c());
        assertThat(read("append/log", GetOptions.defaults().withVersion(before)))
                .isEqualTo(first);
    }

    /** Appends of lengths that are merged with the existing content, and of lengths that are not. */
    @Test
    void manyAppendsOfAllLengthsAddUp() {
        Random random = new Random(7);
        byte[] whole = new byte[0];
        for (int i = 0; i < 40; i++) {
            byte[] next = RandomBytes.array(100 + i, i == 20 ? 0 : 1 + random.nextInt(1 << random.nextInt(21)));
            whole = joined(whole, next);
            assertThat(append("append/many", next).length()).isEqualTo(whole.length);
        }
        assertHolds("append/many", whole);
        for (String node : TestChain.NODES) {
            for (int i = 0; i < 20; i++) {
                int from = random.nextInt(whole.length);
                int to = from + 1 + random.nextInt(whole.length - from);
                Rest.Answer part = rest.get(
                        Rest.file(chain.members().get(node), "append/many"), "Range", "bytes=" + from + "-" + (to - 1));
                assertThat(part.status()).isEqualTo(206);
                assertThat(Digest.of(part.body())).isEqualTo(Digest.of(Arrays.copyOfRange(whole, from, to)));
            }
        }
        client.copy("append/many", "append/many, copied");
        append("append/many, copied", utf8("end"));
        client.delete("append/many");
        assertHolds("append/many, copied", joined(whole, utf8("end")));
    }

    @Test
    void onlyTheNewBytesAreStored() {
        byte[] large = RandomBytes.array(3, 20 << 20);
        byte[] small = RandomBytes.array(4, 1 << 20);
        append("append/large", large);
        Map<String, Long> before = chain.storedBytes();
        append("append/large", small);
        chain.storedBytes().forEach((node, bytes) -> assertThat(bytes - before.get(node))
                .as(node)
                .isBetween((long) small.length, small.length + (1L << 20)));
        assertHolds("append/large", joined(large, small));
    }

    @Test
    void severalWritersAtOnceLoseNothing() throws Exception {
        int writers = 4;
        int lines = 25;
        List<CompletableFuture<Void>> running = new ArrayList<>();
        for (int writer = 0; writer < writers; writer++) {
            String who = "writer " + writer + " line ";
            running.add(CompletableFuture.runAsync(() -> {
                for (int line = 0; line < lines; line++) {
                    append("append/shared", utf8(who + line + "\n"));
                }
            }));
        }
        CompletableFuture.allOf(running.toArray(CompletableFuture[]::new)).get(120, TimeUnit.SECONDS);
        String whole = new String(read("append/shared", GetOptions.defaults()), StandardCharsets.UTF_8);
        assertThat(whole.lines()).hasSize(writers * lines);
        for (int writer = 0; writer < writers; writer++) {
            String who = "writer " + writer + " line ";
            assertThat(whole.lines().filter(line -> line.startsWith(who)).toList())
                    .hasSize(lines)
                    .element(lines - 1)
                    .isEqualTo(who + (lines - 1));
        }
        assertHolds("append/shared", utf8(whole));
    }

    @Test
    void oneThatIsRepeatedIsDoneOnce() {
        append("append/once", utf8("long enough not to be joined;"));
        PutOptions same = PutOptions.defaults().withWriteId(UUID.randomUUID());
        Receipt receipt = append("append/once", utf8("x"), same);
        append("append/once", utf8("y"));
        assertThat(append("append/once", utf8("x"), same)).isEqualTo(receipt);
        assertHolds("append/once", utf8("long enough not to be joined;xy"));
    }

    @Test
    void conditionsHoldOrNothingIsAdded() {
        FileVersion version = append(
                        "append/cond", utf8("a"), PutOptions.defaults().ifAbsent())
                .version();
        assertFails(
                ErrorCode.PRECONDITION_FAILED,
                () -> append("append/cond", utf8("b"), PutOptions.defaults().ifAbsent()));
        append("append/cond", utf8("b"), PutOptions.defaults().ifVersion(version));
        assertFails(
                ErrorCode.PRECONDITION_FAILED,
                () -> append("append/cond", utf8("c"), PutOptions.defaults().ifVersion(version)));
        assertHolds("append/cond", utf8("ab"));
        client.delete("append/cond");
        append("append/cond", utf8("anew"));
        assertHolds("append/cond", utf8("anew"));
    }

    @Test
    void byRestItIsAPost() {
        URI uri = Rest.file(chain.headUrl(), "append/ä b");
        Rest.Answer made = rest.send("POST", uri, utf8("one "), "Content-Type", "text/plain");
        assertThat(made.status()).as(made.text()).isEqualTo(201);
        // In the order of the chain, which may have changed.
        List<String> urls = List.copyOf(chain.members().values());
        String tail = urls.get(urls.size() - 1);
        Rest.Answer elsewhere = rest.send("POST", Rest.file(tail, "append/ä b"), utf8("two"));
        assertThat(elsewhere.status()).isEqualTo(307);
        assertThat(elsewhere.header("Location")).isEqualTo(uri.toString());
        String key = UUID.randomUUID().toString();
        for (int i = 0; i < 2; i++) {
            Rest.Answer added =
                    rest.send("POST", uri, utf8("two"), "Idempotency-Key", key, "If-Match", made.header("ETag"));
            assertThat(added.status()).as(added.text()).isEqualTo(200);
            assertThat(added.json().get("length").getAsLong()).isEqualTo(7);
        }
        Rest.Answer damaged =
                rest.send("POST", uri, utf8("three"), "Content-Digest", "sha-256=:" + "A".repeat(43) + "=:");
        assertThat(damaged.status()).isEqualTo(400);
        assertThat(rest.send("POST", uri, utf8("x"), "If-Match", made.header("ETag"))
                        .status())
                .isEqualTo(412);
        assertThat(rest.send("POST", uri, utf8("x"), "If-None-Match", "*").status())
                .isEqualTo(412);
        Rest.Answer whole = rest.get(uri);
        assertThat(whole.text()).isEqualTo("one two");
        assertThat(whole.header("Content-Type")).isEqualTo("text/plain");
    }

    @Test
    void partsOfAnUploadBecomeTheFileWithoutBeingWrittenAgain() {
        Tus tus = new Tus(rest, chain.headUrl());
        byte[] first = RandomBytes.array(11, 8 << 20);
        byte[] second = RandomBytes.array(12, 6 << 20);
        byte[] third = RandomBytes.array(13, 1 << 20);
        String path = Tus.path(tus.create("append/in parts", first.length + second.length + third.length));
        assertThat(tus.send(path, 0, first).status()).isEqualTo(204);
        assertThat(tus.send(path, first.length, second).status()).isEqualTo(204);
        Map<String, Long> before = chain.storedBytes();
        assertThat(tus.send(path, first.length + second.length, third).status()).isEqualTo(204);
        chain.storedBytes()
                .forEach((node, bytes) ->
                        assertThat(bytes - before.get(node)).as(node).isLessThan(2L << 20));
        assertHolds("append/in parts", joined(first, second, third));
        append("append/in parts", utf8("more"));
        assertHolds("append/in parts", joined(first, second, third, utf8("more")));
    }
}
