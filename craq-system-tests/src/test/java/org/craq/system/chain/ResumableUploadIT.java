package org.craq.system.chain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;
import org.craq.client.FileInfo;
import org.craq.client.MemberInfo;
import org.craq.system.chain.Rest.Answer;
import org.craq.wire.content.Checksum;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Resumable uploads: tus 1.0, request by request, at every node. */
@ExtendWith(ChainExtension.class)
@Timeout(300)
class ResumableUploadIT {
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private final TestChain chain;
    private final Rest rest;

    ResumableUploadIT(TestChain chain) {
        this.chain = chain;
        this.rest = chain.rest();
    }

    private Tus at(String node) {
        return new Tus(rest, chain.cluster().nodeUrl(node));
    }

    private String head() {
        return chain.members().keySet().iterator().next();
    }

    private List<String> others() {
        return chain.members().keySet().stream().skip(1).toList();
    }

    private void assertStored(String name, byte[] content) {
        for (String node : TestChain.NODES) {
            Answer file = rest.get(Rest.file(chain.cluster().nodeUrl(node), name));
            assertThat(file.status()).as("%s on %s", name, node).isEqualTo(200);
            assertThat(Digest.of(file.body())).as("%s on %s", name, node).isEqualTo(Digest.of(content));
        }
    }

    private static String crc32c(byte[] bytes) {
        return String.format("%08x", Checksum.of(ByteBuffer.wrap(bytes)));
    }

    private static byte[] part(byte[] content, int from, int to) {
        return Arrays.copyOfRange(content, from, to);
    }

    @Test
    void everyNodeTellsWhatItCanDo() {
        for (String node : TestChain.NODES) {
            Answer answer =
                    rest.send("OPTIONS", URI.create(chain.cluster().nodeUrl(node) + "/v1/uploads"), new byte[0]);
            assertThat(answer.status()).isEqualTo(204);
            assertThat(answer.header("Tus-Resumable")).isEqualTo("1.0.0");
            assertThat(answer.header("Tus-Version")).isEqualTo("1.0.0");
            assertThat(answer.header("Tus-Extension").split(","))
                    .containsExactlyInAnyOrder(
                            "creation",
                            "creation-with-upload",
                            "creation-defer-length",
                            "checksum",
                            "expiration",
                            "termination");
            assertThat(answer.header("Tus-Checksum-Algorithm").split(",")).contains("sha1");
        }
    }

    @Test
    void partsThatComeToDifferentNodesBecomeOneFile() {
        byte[] content = RandomBytes.array(1, 5_000_000);
        Answer created = at(others().get(0)).create("tus/spread", content.length);
        assertThat(created.status()).as(created.text()).isEqualTo(201);
        String path = Tus.path(created);
        int from = 0;
        for (int to : List.of(1, 1_048_577, 2_500_000, 4_999_999, 5_000_000)) {
            String node = TestChain.NODES.get(to % TestChain.NODES.size());
            Answer before = at(node).head(path);
            assertThat(before.header("Upload-Offset")).as(node).isEqualTo(Integer.toString(from));
            assertThat(before.header("X-Craq-Crc32c")).as(node).isEqualTo(crc32c(part(content, 0, from)));
            assertThat(rest.get(Rest.file(chain.headUrl(), "tus/spread")).status())
                    .isEqualTo(404);
            Answer sent = at(node).send(path, from, part(content, from, to));
            assertThat(sent.status()).as(sent.text()).isEqualTo(204);
            assertThat(sent.header("Upload-Offset")).isEqualTo(Integer.toString(to));
            from = to;
        }
        assertStored("tus/spread", content);
        Answer last = at(head()).head(path);
        Answer file = rest.head(Rest.file(chain.headUrl(), "tus/spread"));
        assertThat(last.header("ETag")).isNotEmpty().isEqualTo(file.header("ETag"));
        assertThat(last.header("Upload-Length")).isEqualTo("5000000");
        assertThat(last.header("Cache-Control")).isEqualTo("no-store");
        assertThat(last.header("Upload-Metadata")).isEqualTo(Tus.metadata("tus/spread"));
        assertThat(last.header("Upload-Expires")).endsWith("GMT");
        assertThat(file.header("Content-Type")).isEqualTo("text/x-test");
        assertThat(file.header("X-Craq-Meta-Colour")).isEqualTo("blue");
    }

    @Test
    void whatCameBeforeTheConnectionBrokeIsKept() throws IOException {
        byte[] content = RandomBytes.array(2, 3_000_000);
        for (String node : TestChain.NODES) {
            String name = "tus/broken-" + node;
            String path = Tus.path(at(node).create(name, content.length));
            try (Socket broken = at(node).begin(path, 0, content.length, part(content, 0, 2_000_000))) {
                assertThat(broken.isConnected()).isTrue();
            }
            int offset = await().atMost(PATIENCE).until(() -> (int) unlocked(node, path), kept -> kept == 2_000_000);

            Answer sent = at(node).send(path, offset, part(content, offset, content.length));

            assertThat(sent.status()).as(sent.text()).isEqualTo(204);
            assertThat(sent.header("ETag")).isNotEmpty();
            assertStored(name, content);
        }
    }

    /** Returns the offset, or -1 while another request holds the upload. */
    private long unlocked(String node, String path) {
        Answer answer = at(node).head(path);
        assertThat(answer.status()).isIn(200, 423);
        return answer.status() == 200 ? Long.parseLong(answer.header("Upload-Offset")) : -1;
    }

    @Test
    void oneWritesAtATimeAndASilentOneLosesItsTurn() throws IOException {
        byte[] content = RandomBytes.array(3, 2_100_000);
        String path = Tus.path(at(head()).create("tus/turns", content.length));
        try (Socket silent = at(others().get(0)).begin(path, 0, content.length, part(content, 0, 1_500_000))) {
            await().atMost(PATIENCE)
                    .until(() -> at(head()).send(path, 0, content).status() == 423);
            // After some silence, the chunks that have arrived count.
            long kept = await().atMost(PATIENCE).until(() -> unlocked(head(), path), offset -> offset > 0);

            assertThat(kept).isEqualTo(1 << 20);
            Answer rest = at(others().get(1)).send(path, kept, part(content, (int) kept, content.length));
            assertThat(rest.status()).as(rest.text()).isEqualTo(204);
            silent.getOutputStream().write(part(content, 1_500_000, content.length));
            assertThat(silent.getInputStream().read()).isNotNegative();
        }
        assertStored("tus/turns", content);
        assertThat(chain.client()
                        .versions("tus/turns", org.craq.client.VersionOptions.all())
                        .versions())
                .hasSize(1);
    }

    @Test
    void aPartIsCheckedBeforeAnyOfItIsKept() throws IOException {
        byte[] content = RandomBytes.array(4, 1_200_000);
        String path = Tus.path(at(head()).create("tus/checked", content.length));
        String wrong = "sha1 " + Base64.getEncoder().encodeToString(new byte[20]);
        for (String node : TestChain.NODES) {
            Answer refused = at(node).send(path, 0, content, "Upload-Checksum", wrong);
            assertThat(refused.status()).as(refused.text()).isEqualTo(460);
            assertThat(refused.json().get("code").getAsString()).isEqualTo("PART_CHECKSUM_MISMATCH");
            assertThat(at(node).offset(path)).isZero();
        }
        try (Socket broken =
                at(head()).begin(path, 0, content.length, part(content, 0, 1_100_000), "Upload-Checksum", wrong)) {
            assertThat(broken.isConnected()).isTrue();
        }
        await().atMost(PATIENCE).until(() -> unlocked(head(), path) == 0);

        String right =
                "sha256 " + Base64.getEncoder().encodeToString(Digest.sha256().digest(content));
        Answer sent = at(others().get(0)).send(path, 0, content, "Upload-Checksum", right);
        assertThat(sent.status()).as(sent.text()).isEqualTo(204);
        assertStored("tus/checked", content);
    }

    @Test
    void bytesMayComeWithTheCreationAndTheLengthLater() {
        byte[] content = RandomBytes.array(5, 1_500_000);
        Tus node = at(others().get(0));
        Answer whole = node.create(content, "Upload-Length", "1500000", "Upload-Metadata", Tus.metadata("tus/at-once"));
        assertThat(whole.status()).as(whole.text()).isEqualTo(201);
        assertThat(whole.header("Upload-Offset")).isEqualTo("1500000");
        assertThat(whole.header("ETag")).isNotEmpty();
        assertStored("tus/at-once", content);

        Answer begun = node.create(
                part(content, 0, 9), "Upload-Defer-Length", "1", "Upload-Metadata", Tus.metadata("tus/later"));
        String path = Tus.path(begun);
        assertThat(node.head(path).header("Upload-Defer-Length")).isEqualTo("1");
        Answer middle = node.send(path, 9, part(content, 9, 1_000_000));
        assertThat(middle.status()).as(middle.text()).isEqualTo(204);
        Answer last = node.send(path, 1_000_000, part(content, 1_000_000, content.length), "Upload-Length", "1500000");
        assertThat(last.status()).as(last.text()).isEqualTo(204);
        assertThat(last.header("ETag")).isNotEmpty();
        assertStored("tus/later", content);
    }

    @Test
    void anEmptyFileIsThereWithItsCreation() {
        Answer created = at(others().get(1)).create("tus/empty", 0);
        assertThat(created.status()).as(created.text()).isEqualTo(201);
        assertThat(created.header("ETag")).isNotEmpty();
        assertStored("tus/empty", new byte[0]);
    }

    @Test
    void theNameMayStandInThePathAndTheConditionHoldsAtTheEnd() {
        Tus node = at(others().get(0));
        String target = "/v1/uploads/tus/in%20path;v=1";
        Answer first = node.request("POST", target, new byte[0], "Upload-Length", "3", "If-None-Match", "*");
        assertThat(first.status()).as(first.text()).isEqualTo(201);
        assertThat(rest.put(Rest.file(chain.headUrl(), "tus/in path;v=1"), new byte[] {1})
                        .status())
                .isEqualTo(201);

        Answer refused = node.send(Tus.path(first), 0, new byte[] {1, 2, 3});

        assertThat(refused.status()).as(refused.text()).isEqualTo(412);
        assertStored("tus/in path;v=1", new byte[] {1});
    }

    @Test
    void anUploadThatIsEndedIsGone() {
        String path = Tus.path(at(head()).create("tus/ended", 10));
        assertThat(at(head()).send(path, 0, new byte[4]).status()).isEqualTo(204);
        for (String node : others()) {
            assertThat(at(node).offset(path)).isEqualTo(4);
        }

        assertThat(at(others().get(0)).terminate(path).status()).isEqualTo(204);

        for (String node : TestChain.NODES) {
            // A node that can't tell for a moment answers 423.
            assertThat(await().atMost(PATIENCE).until(() -> at(node).head(path).status(), status -> status != 423))
                    .isEqualTo(404);
            assertThat(at(node).send(path, 4, new byte[6]).status()).isEqualTo(404);
            assertThat(at(node).terminate(path).status()).isEqualTo(404);
        }
    }

    @Test
    void anAcknowledgedOffsetOutlivesTheHead() throws IOException {
        byte[] content = RandomBytes.array(6, 6_000_000);
        String path = Tus.path(at(head()).create("tus/orphan", content.length));
        assertThat(at(head()).send(path, 0, part(content, 0, 1_300_000)).status())
                .isEqualTo(204);
        String dead = head();
        String alive = others().get(0);
        try (Socket cutOff =
                at(alive).begin(path, 1_300_000, content.length - 1_300_000, part(content, 1_300_000, 4_000_000))) {
            chain.cluster().kill(dead);
            assertThat(cutOff.isConnected()).isTrue();
        }
        try {
            long offset = await().atMost(PATIENCE).until(() -> unlocked(alive, path), kept -> kept >= 0);
            assertThat(offset).isBetween(1_300_000L, 4_000_000L);

            Answer sent = await().atMost(PATIENCE)
                    .until(
                            () -> at(alive).send(path, offset, part(content, (int) offset, content.length)),
                            answer -> answer.status() < 500);

            assertThat(sent.status()).as(sent.text()).isEqualTo(204);
        } finally {
            chain.cluster().up();
            await().atMost(PATIENCE).until(this::allServe);
        }
        assertStored("tus/orphan", content);
    }

    /**
     * Returns true if all members are complete. A returning node causes a further change of the chain when it has
     * caught up.
     */
    private boolean allServe() {
        return chain.client().chain().members().stream()
                                .filter(MemberInfo::complete)
                                .count()
                        == TestChain.NODES.size()
                && TestChain.NODES.stream()
                        .allMatch(node -> chain.status(node).get("serving").getAsBoolean());
    }

    @Test
    void theStoresOwnFilesAreNobodysBusiness() throws IOException {
        Tus node = at(head());
        String path = Tus.path(node.create("tus/hidden", 10));
        assertThat(node.send(path, 0, new byte[5]).status()).isEqualTo(204);
        String own = ".craq/uploads/" + path.substring(path.lastIndexOf('/') + 1);

        assertThat(chain.client().listAll("")).extracting(FileInfo::name).noneMatch(name -> name.startsWith(".craq/"));
        for (String url : chain.members().values()) {
            assertThat(Rest.names(rest.get(URI.create(url + "/v1/files"))))
                    .noneMatch(name -> name.startsWith(".craq/"));
            assertThat(rest.get(URI.create(url + "/v1/files?delimiter=/")).text())
                    .doesNotContain(".craq/");
            assertThat(rest.get(URI.create(url + "/v1/files?prefix=.craq/")).status())
                    .isEqualTo(400);
            assertThat(rest.get(Rest.file(url, own)).status()).isEqualTo(400);
            assertThat(rest.put(Rest.file(url, own), new byte[1]).status()).isEqualTo(400);
            assertThat(rest.delete(Rest.file(url, own)).status()).isEqualTo(400);
        }
    }

    static Stream<Arguments> mistakes() {
        return Stream.of(
                Arguments.of("POST", "", 400, new String[] {"Upload-Metadata", Tus.metadata("tus/m")}),
                Arguments.of("POST", "", 400, new String[] {"Upload-Length", "5"}),
                Arguments.of(
                        "POST", "", 400, new String[] {"Upload-Length", "-5", "Upload-Metadata", Tus.metadata("m")}),
                Arguments.of(
                        "POST", "", 400, new String[] {"Upload-Length", "x", "Upload-Metadata", Tus.metadata("m")}),
                Arguments.of("POST", "", 400, new String[] {
                    "Upload-Length", "5", "Upload-Defer-Length", "1", "Upload-Metadata", Tus.metadata("m")
                }),
                Arguments.of("POST", "", 400, new String[] {"Upload-Length", "5", "Upload-Metadata", "filename !"}),
                Arguments.of("POST", "", 400, new String[] {"Upload-Length", "5", "Upload-Metadata", ",,"}),
                Arguments.of(
                        "POST", "", 400, new String[] {"Upload-Length", "5", "Upload-Metadata", Tus.metadata("a//b")}),
                Arguments.of("POST", "", 400, new String[] {
                    "Upload-Length", "5", "Upload-Metadata", Tus.metadata(".craq/uploads/x")
                }),
                Arguments.of("POST", "", 413, new String[] {
                    "Upload-Length", "999999999999999999", "Upload-Metadata", Tus.metadata("m")
                }),
                Arguments.of("POST", "", 412, new String[] {
                    "Upload-Length", "5", "Tus-Resumable", "0.2.2", "Upload-Metadata", Tus.metadata("m")
                }),
                Arguments.of("PATCH", "upload", 415, new String[] {"Upload-Offset", "0"}),
                Arguments.of("PATCH", "upload", 400, new String[] {"Content-Type", "application/offset+octet-stream"}),
                Arguments.of("PATCH", "upload", 409, part("Upload-Offset", "1")),
                Arguments.of("PATCH", "upload", 400, part("Upload-Offset", "-1")),
                Arguments.of("PATCH", "upload", 400, part("Upload-Offset", "0", "Upload-Checksum", "sha1")),
                Arguments.of("PATCH", "upload", 400, part("Upload-Offset", "0", "Upload-Checksum", "rot13 AAAA")),
                Arguments.of("PATCH", "upload", 400, part("Upload-Offset", "0", "Upload-Length", "99")),
                Arguments.of("PATCH", "too much", 413, part("Upload-Offset", "0")),
                Arguments.of("PATCH", "nothing", 404, part("Upload-Offset", "0")),
                Arguments.of("DELETE", "nothing", 404, new String[0]),
                Arguments.of("GET", "upload", 405, new String[0]));
    }

    private static String[] part(String... headers) {
        return Stream.concat(Stream.of(headers), Stream.of("Content-Type", "application/offset+octet-stream"))
                .toArray(String[]::new);
    }

    @ParameterizedTest
    @MethodSource("mistakes")
    void aMistakeIsNamedOnEveryNodeAndChangesNothing(String method, String target, int status, String[] headers) {
        String upload = Tus.path(at(head()).create("tus/mistakes", 3));
        String path = target.isEmpty()
                ? "/v1/uploads"
                : target.equals("nothing") ? "/v1/uploads/586ba5c9-db24-4a2f-a106-55efa3b7dcda" : upload;
        byte[] body = method.equals("PATCH") ? new byte[target.equals("too much") ? 4 : 1] : new byte[0];
        for (String node : TestChain.NODES) {
            List<String> all = new java.util.ArrayList<>(List.of(headers));
            if (!all.contains("Tus-Resumable")) {
                all.addAll(List.of("Tus-Resumable", "1.0.0"));
            }
            Answer answer = rest.send(
                    method, URI.create(chain.cluster().nodeUrl(node) + path), body, all.toArray(String[]::new));
            assertThat(answer.status()).as("%s: %s", node, answer.text()).isEqualTo(status);
            assertThat(answer.header("Content-Type")).isEqualTo("application/problem+json");
            assertThat(at(node).offset(upload)).isZero();
        }
        assertThat(at(head()).terminate(upload).status()).isEqualTo(204);
    }
}
