package org.craq.system.chain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.craq.client.DeleteOptions;
import org.craq.client.FileVersion;
import org.craq.client.PutOptions;
import org.craq.client.Receipt;
import org.craq.wire.CraqException;
import org.craq.wire.ErrorCode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Ranges and conditional requests, RFC 9110 sections 13 and 14, on every node. */
@ExtendWith(ChainExtension.class)
class ConditionalIT {
    private static final int MIB = 1 << 20;
    private static final int LENGTH = 2 * MIB + 100;
    private static final byte[] CONTENT = RandomBytes.array(5, LENGTH);

    private final TestChain chain;
    private final Rest rest;

    ConditionalIT(TestChain chain) {
        this.chain = chain;
        this.rest = chain.rest();
    }

    @ParameterizedTest
    @CsvSource({
        "bytes=0-0, 0, 1",
        "bytes=2097251-2097251, 2097251, 2097252",
        "bytes=2097251-, 2097251, 2097252",
        "bytes=-1, 2097251, 2097252",
        "bytes=1048575-1048576, 1048575, 1048577",
        "bytes=1048000-2098000, 1048000, 2097252",
        "bytes=-1048700, 1048552, 2097252",
        "bytes=-99999999999, 0, 2097252",
        "bytes=0-, 0, 2097252",
        "bytes=1048576-2097151, 1048576, 2097152"
    })
    void aRangeIsAnsweredFromEveryNode(String range, int from, int to) {
        putContent("range");
        for (String node : TestChain.NODES) {
            Rest.Answer part = rest.get(at(node, "range"), "Range", range);

            assertThat(part.status()).as(node).isEqualTo(206);
            assertThat(part.header("Content-Range")).isEqualTo("bytes " + from + "-" + (to - 1) + "/" + LENGTH);
            assertThat(part.header("Content-Length")).isEqualTo(Integer.toString(to - from));
            assertThat(Digest.of(part.body())).isEqualTo(Digest.of(Arrays.copyOfRange(CONTENT, from, to)));
        }
    }

    @Test
    void whoWantsADigestIsToldThatOfTheWholeFile() {
        putContent("digest");
        String expected =
                "sha-256=:" + Base64.getEncoder().encodeToString(HexFormat.of().parseHex(Digest.of(CONTENT))) + ":";
        for (String node : TestChain.NODES) {
            String[] wish = {"Want-Repr-Digest", "sha-256=1, md5=9"};
            assertThat(rest.get(at(node, "digest"), wish).header("Repr-Digest")).isEqualTo(expected);
            assertThat(rest.head(at(node, "digest"), wish).header("Repr-Digest"))
                    .isEqualTo(expected);
            Rest.Answer part = rest.get(at(node, "digest"), wish[0], wish[1], "Range", "bytes=0-0");
            assertThat(part.header("Repr-Digest")).isEqualTo(expected);
            assertThat(part.body()).hasSize(1);
            assertThat(rest.get(at(node, "digest")).header("Repr-Digest")).isEmpty();
            assertThat(rest.get(at(node, "digest"), wish[0], "sha-256").status())
                    .isEqualTo(400);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"bytes=2097252-", "bytes=99999999-999999999", "bytes=-0"})
    void aRangeBeyondTheEndIsRefused(String range) {
        putContent("range");

        Rest.Answer refused = rest.get(at("n2", "range"), "Range", range);

        assertThat(refused.status()).isEqualTo(416);
        assertThat(refused.header("Content-Type")).isEqualTo("application/problem+json");
        assertThat(refused.text()).contains(Integer.toString(LENGTH));
        assertThat(refused.header("Content-Range")).isEqualTo("bytes */" + LENGTH);
    }

    @ParameterizedTest
    @ValueSource(strings = {"bytes=5-2", "lines=1-2", "bytes=a-b", "bytes=0-0,x", "bytes=-"})
    void aRangeThatIsNotUnderstoodIsIgnored(String range) {
        putContent("range");

        assertThat(rest.get(at("n2", "range"), "Range", range).status()).isEqualTo(200);
    }

    @Test
    void severalRangesComeInOneAnswer() throws IOException {
        putContent("range");
        for (String node : TestChain.NODES) {
            Rest.Answer answer = rest.get(at(node, "range"), "Range", "bytes=2097000-2097100, 5-6, 9999999-, -1");

            assertThat(answer.status()).as(node).isEqualTo(206);
            assertThat(answer.header("Content-Type")).matches("multipart/byteranges; ?boundary=.+");
            assertThat(answer.header("Content-Range")).isEmpty();
            assertThat(answer.header("Content-Length")).isEqualTo(Integer.toString(answer.body().length));
            String boundary = answer.header("Content-Type").replaceFirst(".*boundary=", "");
            ByteArrayOutputStream expected = new ByteArrayOutputStream();
            for (int[] range : new int[][] {{2097000, 2097101}, {5, 7}, {LENGTH - 1, LENGTH}}) {
                expected.writeBytes(("\r\n--" + boundary + "\r\nContent-Type: application/octet-stream\r\n"
                                + "Content-Range: bytes " + range[0] + "-" + (range[1] - 1) + "/" + LENGTH
                                + "\r\n\r\n")
                        .getBytes(StandardCharsets.US_ASCII));
                expected.writeBytes(Arrays.copyOfRange(CONTENT, range[0], range[1]));
            }
            expected.writeBytes(("\r\n--" + boundary + "--\r\n").getBytes(StandardCharsets.US_ASCII));
            assertThat(Digest.of(answer.body())).isEqualTo(Digest.of(expected.toByteArray()));
        }
    }

    @Test
    void aReadOnAnotherVersionIsRefused() {
        String first = put("read-if-match", new byte[] {1}).header("ETag");
        assertThat(rest.get(at("n2", "read-if-match"), "If-Match", first).status())
                .isEqualTo(200);
        put("read-if-match", new byte[] {2});

        assertRefused(rest.get(at("n2", "read-if-match"), "If-Match", first));
        assertThat(rest.head(at("n2", "read-if-match"), "If-Match", first).status())
                .isEqualTo(412);
    }

    @Test
    void aReaderWhoHasWhatWasModifiedThenGetsNoBody() {
        put("dated", new byte[] {1});
        for (String node : TestChain.NODES) {
            String modified = rest.head(at(node, "dated")).header("Last-Modified");
            assertThat(modified).as(node).endsWith("GMT");
            assertThat(rest.get(at(node, "dated"), "If-Modified-Since", modified)
                            .status())
                    .isEqualTo(304);
            assertThat(rest.head(at(node, "dated"), "If-Modified-Since", modified)
                            .status())
                    .isEqualTo(304);
            String before = "Sat, 01 Jan 2000 00:00:00 GMT";
            assertThat(rest.get(at(node, "dated"), "If-Modified-Since", before).status())
                    .isEqualTo(200);
            assertThat(rest.get(at(node, "dated"), "If-Modified-Since", "never").status())
                    .isEqualTo(200);
            assertRefused(rest.get(at(node, "dated"), "If-Unmodified-Since", before));
            assertThat(rest.get(at(node, "dated"), "Range", "bytes=0-0", "If-Range", modified)
                            .status())
                    .isEqualTo(200);
        }
    }

    private void putContent(String name) {
        if (rest.head(at("n1", name)).status() == 404) {
            assertThat(put(name, CONTENT).status()).isEqualTo(201);
        }
    }

    @Test
    void aRangeOfAnEmptyFileIsRefused() {
        put("empty", new byte[0]);

        assertThat(rest.get(at("n1", "empty"), "Range", "bytes=0-0").status()).isEqualTo(416);
        assertThat(rest.get(at("n1", "empty")).status()).isEqualTo(200);
    }

    @Test
    void aRangeWithIfRangeIsThePartOfThatVersionOrTheWhole() {
        String first = put("if-range", CONTENT).header("ETag");
        Rest.Answer same = rest.get(at("n3", "if-range"), "Range", "bytes=1-2", "If-Range", first);
        assertThat(same.status()).isEqualTo(206);

        put("if-range", new byte[] {1, 2, 3, 4});
        Rest.Answer changed = rest.get(at("n3", "if-range"), "Range", "bytes=1-2", "If-Range", first);

        assertThat(changed.status()).isEqualTo(200);
        assertThat(changed.body()).containsExactly(1, 2, 3, 4);
    }

    @Test
    void aReaderWhoHasTheVersionGetsNoBody() {
        String tag = put("known", CONTENT).header("ETag");
        for (String node : TestChain.NODES) {
            Rest.Answer known = rest.get(at(node, "known"), "If-None-Match", tag);
            assertThat(known.status()).as(node).isEqualTo(304);
            assertThat(known.body()).isEmpty();
            assertThat(known.header("ETag")).isEqualTo(tag);
            assertThat(rest.get(at(node, "known"), "If-None-Match", "\"0-1\", W/" + tag)
                            .status())
                    .isEqualTo(304);
            assertThat(rest.get(at(node, "known"), "If-None-Match", "\"0-1\"").status())
                    .isEqualTo(200);
        }
    }

    @Test
    void aWriteOnAnOldVersionChangesNothing() {
        String first = put("if-match", new byte[] {1}).header("ETag");
        Rest.Answer second = put("if-match", new byte[] {2}, "If-Match", first);
        assertThat(second.status()).isEqualTo(200);

        Rest.Answer late = put("if-match", new byte[] {3}, "If-Match", first);
        Rest.Answer lateDelete = rest.delete(at("n1", "if-match"), "If-Match", first);

        assertRefused(late);
        assertRefused(lateDelete);
        assertThat(rest.get(at("n2", "if-match")).body()).containsExactly(2);
    }

    @Test
    void aWriteOnlyIfAbsentIsMadeOnce() {
        assertThat(put("if-absent", new byte[] {1}, "If-None-Match", "*").status())
                .isEqualTo(201);

        assertRefused(put("if-absent", new byte[] {2}, "If-None-Match", "*"));
        assertThat(rest.get(at("n3", "if-absent")).body()).containsExactly(1);

        rest.delete(at("n1", "if-absent"));
        assertThat(put("if-absent", new byte[] {3}, "If-None-Match", "*").status())
                .isEqualTo(201);
    }

    @Test
    void aWriteIsRefusedWhenTheFileIsYoungerThanItsDate() {
        String modified = modified(put("dated-write", new byte[] {1}), "dated-write");
        String before = "Sat, 01 Jan 2000 00:00:00 GMT";
        String[] late = {"If-Unmodified-Since", before};

        assertRefused(put("dated-write", new byte[] {2}, late));
        assertRefused(post("dated-write", new byte[] {2}, late));
        assertRefused(rest.delete(at(head(), "dated-write"), late));
        assertRefused(
                put("dated-write", new byte[0], late[0], before, "X-Craq-Copy-Source", "conditional/dated-write"));
        assertThat(rest.get(at("n2", "dated-write")).body()).containsExactly(1);

        // With If-Match, the date is ignored, and so is an invalid date.
        assertThat(put("dated-write", new byte[] {3}, late[0], before, "If-Match", "*")
                        .status())
                .isEqualTo(200);
        assertThat(put("dated-write", new byte[] {4}, late[0], "yesterday").status())
                .isEqualTo(200);
        assertThat(put("dated-write", new byte[] {5}, late[0], "Fri, 01 Jan 2100 00:00:00 GMT")
                        .status())
                .isEqualTo(200);
        assertThat(put("dated-new", new byte[] {6}, late).status()).isEqualTo(201);
        assertThat(modified).endsWith("GMT");
    }

    private String modified(Rest.Answer written, String name) {
        assertThat(written.status()).isLessThan(300);
        return rest.head(at(head(), name)).header("Last-Modified");
    }

    @Test
    void aWriteMayNameSeveralVersionsInOneLineOrInSeveral() {
        String first = put("if-match-list", new byte[] {1}).header("ETag");
        String second = put("if-match-list", new byte[] {2}, "If-Match", "\"0-1\", " + first)
                .header("ETag");
        assertRefused(put("if-match-list", new byte[] {3}, "If-Match", "\"0-1\", " + first));
        assertRefused(put("if-match-list", new byte[] {3}, "If-Match", "W/" + second));
        assertRefused(put("if-match-list", new byte[] {3}, "If-Match", "\"of-another-server\""));
        assertRefused(put("if-match-list", new byte[] {3}, "If-None-Match", "\"0-1\"", "If-None-Match", "W/" + second));

        assertThat(put("if-match-list", new byte[] {4}, "If-Match", "\"0-1\"", "If-Match", second)
                        .status())
                .isEqualTo(200);
        assertThat(put("if-match-list", new byte[] {5}, "If-None-Match", first + ", " + second)
                        .status())
                .isEqualTo(200);
        assertThat(rest.get(at("n3", "if-match-list")).body()).containsExactly(5);
    }

    @Test
    void whatIsNotThereIsNotFoundWhateverADeletionsConditionsSay() {
        for (String condition : List.of("\"1-1\"", "*")) {
            assertThat(rest.delete(at(head(), "never-there"), "If-Match", condition)
                            .status())
                    .isEqualTo(404);
        }
        String tag = put("delete-none", new byte[] {1}).header("ETag");
        assertRefused(rest.delete(at(head(), "delete-none"), "If-None-Match", tag));
        assertRefused(rest.delete(at(head(), "delete-none"), "If-None-Match", "*"));
        assertThat(rest.delete(at(head(), "delete-none"), "If-None-Match", "\"0-1\"")
                        .status())
                .isEqualTo(200);
    }

    @Test
    void whoeverWaitsForTheGoAheadIsRefusedBeforeTheBody() throws IOException {
        put("foreseen", new byte[] {1});
        String answer = RawHttp.answerToHead(
                at(head(), "foreseen"),
                "PUT",
                "Expect: 100-continue\r\nIf-None-Match: *\r\nContent-Length: 1000000\r\nConnection: close");
        assertThat(answer).startsWith("HTTP/1.1 412").contains("application/problem+json");
        for (int round = 0; round < 30; round++) {
            String whole = RawHttp.exchange(
                    chain.headUrl(),
                    "PUT " + at(head(), "foreseen").getRawPath(),
                    "Expect: 100-continue\r\nIf-None-Match: *\r\nContent-Length: 1000000\r\n",
                    "");
            assertThat(whole)
                    .as("in round %d", round)
                    .startsWith("HTTP/1.1 412")
                    .doesNotContain("100 Continue")
                    .contains("Connection: close")
                    .endsWith("}");
        }
        String other = RawHttp.answerToHead(
                at(head(), "foreseen"),
                "PUT",
                "Expect: 100-continue\r\nIf-Match: *\r\nContent-Length: 1000000\r\nConnection: close");
        assertThat(other).startsWith("HTTP/1.1 100");
    }

    @Test
    void aConditionOnWhatHasNoVersionsIsRefused() {
        Rest.Answer refused = rest.send(
                "POST",
                URI.create(chain.headUrl() + "/v1/transactions"),
                "{\"steps\": [{\"delete\": \"conditional/none\"}]}".getBytes(StandardCharsets.UTF_8),
                "Content-Type",
                "application/json",
                "If-Match",
                "*");
        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.text()).contains("ifVersion");
    }

    private Rest.Answer post(String name, byte[] content, String... headers) {
        return rest.send("POST", at(head(), name), content, headers);
    }

    private String head() {
        return chain.members().keySet().iterator().next();
    }

    @Test
    void anyVersionWillDoForIfMatchWithAStarButThereMustBeOne() {
        assertRefused(put("never-there", new byte[] {1}, "If-Match", "*"));
        put("there", new byte[] {1});

        assertThat(put("there", new byte[] {2}, "If-Match", "*").status()).isEqualTo(200);
    }

    @Test
    void theClientsConditionsAreTheSame() throws IOException {
        String name = "conditional/by-grpc";
        Receipt first =
                chain.client().put(name, stream(1), PutOptions.defaults().ifAbsent());
        assertFails(ErrorCode.PRECONDITION_FAILED, () -> chain.client()
                .put(name, stream(2), PutOptions.defaults().ifAbsent()));
        chain.client().put(name, stream(3), PutOptions.defaults().ifVersion(first.version()));
        assertFails(ErrorCode.PRECONDITION_FAILED, () -> chain.client()
                .put(name, stream(4), PutOptions.defaults().ifVersion(first.version())));
        assertFails(ErrorCode.PRECONDITION_FAILED, () -> chain.client()
                .delete(name, DeleteOptions.defaults().ifVersion(new FileVersion(1, 1))));
        assertThat(rest.get(at("n3", "by-grpc")).body()).containsExactly(3);
    }

    private static InputStream stream(int content) {
        return new ByteArrayInputStream(new byte[] {(byte) content});
    }

    private static void assertFails(ErrorCode code, ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOfSatisfying(CraqException.class, failure -> assertThat(failure.code())
                .isEqualTo(code));
    }

    private static void assertRefused(Rest.Answer answer) {
        assertThat(answer.status()).as(answer.text()).isEqualTo(412);
        assertThat(answer.header("Content-Type")).isEqualTo("application/problem+json");
    }

    private Rest.Answer put(String name, byte[] content, String... headers) {
        return rest.put(Rest.file(chain.headUrl(), "conditional/" + name), content, headers);
    }

    private URI at(String node, String name) {
        return Rest.file(chain.cluster().nodeUrl(node), "conditional/" + name);
    }
}
