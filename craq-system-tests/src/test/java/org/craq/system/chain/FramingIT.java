package org.craq.system.chain;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The end of a request (RFC 9112) must be unambiguous: a request that could be read in two ways is refused, and its
 * connection is closed. So no part of a body is ever taken for a request, even if a proxy in front of the server
 * interprets it differently.
 */
@ExtendWith(ChainExtension.class)
class FramingIT {
    private static final String NAME = "framing/file";
    /** The bytes that an attacker wants to be taken for a request. */
    private static final String HIDDEN =
            "PUT /v1/files/framing/smuggled HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\nx";

    private static final String CHUNKS = "5\r\nhello\r\n0\r\n\r\n";

    private final TestChain chain;

    FramingIT(TestChain chain) {
        this.chain = chain;
    }

    static Stream<Arguments> refused() {
        String chunkedToo = "Transfer-Encoding: chunked\r\n";
        return Stream.of(
                Arguments.of("a coded body", "Transfer-Encoding: gzip, chunked\r\n", CHUNKS, List.of(501)),
                Arguments.of("a coded body alone", "Transfer-Encoding: gzip\r\n", CHUNKS, List.of(501)),
                Arguments.of("a coding behind", "Transfer-Encoding: chunked, gzip\r\n", CHUNKS, List.of(400, 501)),
                Arguments.of("no coding", "Transfer-Encoding: identity\r\n", CHUNKS, List.of(400, 501)),
                Arguments.of(
                        "codings in two lines", "Transfer-Encoding: gzip\r\n" + chunkedToo, CHUNKS, List.of(400, 501)),
                Arguments.of("chunked twice", "Transfer-Encoding: chunked, chunked\r\n", CHUNKS, List.of(400)),
                Arguments.of("chunked in two lines", chunkedToo + chunkedToo, CHUNKS, List.of(400)),
                Arguments.of("a blank before the colon", "Transfer-Encoding : chunked\r\n", CHUNKS, List.of(400)),
                Arguments.of("length and chunks", "Content-Length: 5\r\n" + chunkedToo, CHUNKS, List.of(400)),
                Arguments.of(
                        "a request behind the chunks, within the length",
                        "Content-Length: " + ("0\r\n\r\n" + HIDDEN).length() + "\r\n" + chunkedToo,
                        "0\r\n\r\n" + HIDDEN,
                        List.of(400)),
                Arguments.of(
                        "a request within a chunk, behind the length",
                        chunkedToo + "Content-Length: 4\r\n",
                        Integer.toHexString(HIDDEN.length()) + "\r\n" + HIDDEN + "\r\n0\r\n\r\n",
                        List.of(400)),
                Arguments.of("two lengths", "Content-Length: 5\r\nContent-Length: 6\r\n", "hello!", List.of(400)),
                Arguments.of("a list of lengths", "Content-Length: 5, 5\r\n", "hello", List.of(400)),
                Arguments.of("a signed length", "Content-Length: +5\r\n", "hello", List.of(400)),
                Arguments.of("a length that is too long", "Content-Length: 99999999999999999999\r\n", "", List.of(400)),
                Arguments.of("a line without a colon", "Content-Length: 5\r\nNoColonHere\r\n", "hello", List.of(400)),
                Arguments.of("a blank in a header's name", "X A: b\r\nContent-Length: 5\r\n", "hello", List.of(400)),
                Arguments.of("a bare CR", "X: b\rTransfer-Encoding: chunked\r\n", CHUNKS, List.of(400)),
                Arguments.of("a bare LF", "X: b\nTransfer-Encoding: chunked\r\n", CHUNKS, List.of(400)),
                Arguments.of("a NUL", "X: b\0c\r\nContent-Length: 5\r\n", "hello", List.of(400)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("refused")
    void whatCanBeReadInTwoWaysIsRefused(String what, String head, String body, List<Integer> statuses)
            throws IOException {
        for (String server : List.of(chain.headUrl(), chain.cluster().managerUrl())) {
            String answer = RawHttp.exchange(server, "PUT /v1/files/" + NAME, head, body);

            assertThat(RawHttp.statuses(answer))
                    .as("%s at %s\n%s", what, server, answer)
                    .hasSize(1);
            assertThat(RawHttp.statuses(answer).get(0))
                    .as("%s at %s\n%s", what, server, answer)
                    .isIn(statuses);
            assertThat(answer).doesNotContain("Exception", "org.craq");
        }
        assertNothingStored(NAME);
        assertNothingStored("framing/smuggled");
    }

    static Stream<String> methods() {
        return Stream.of("get", "Get", "put", "delete");
    }

    @ParameterizedTest
    @MethodSource("methods")
    void aMethodInSmallLettersIsNone(String method) throws IOException {
        String answer =
                RawHttp.exchange(chain.headUrl(), method + " /v1/files/" + NAME, "Content-Length: 5\r\n", "hello");
        assertThat(RawHttp.statuses(answer)).hasSize(1).first().isIn(400, 405, 501);
        assertNothingStored(NAME);
    }

    static Stream<Arguments> onlyOneRequest() {
        return Stream.of(
                Arguments.of("chunked, in another line", "Transfer-Encoding:\r\n chunked\r\n", CHUNKS),
                Arguments.of("extensions of chunks", "Transfer-Encoding: chunked\r\n", "5;a=b\r\nhello\r\n0;c\r\n\r\n"),
                Arguments.of(
                        "a request in an extension",
                        "Transfer-Encoding: chunked\r\n",
                        "5;" + HIDDEN.replace("\r\n", " ") + "\r\nhello\r\n0\r\n\r\n"),
                Arguments.of(
                        "an extension that ends with a LF",
                        "Transfer-Encoding: chunked\r\n",
                        "5;a\nhello\r\n0\r\n\r\n"),
                Arguments.of(
                        "a trailer that tells a length",
                        "Transfer-Encoding: chunked\r\n",
                        "5\r\nhello\r\n0\r\nContent-Length: 9\r\n\r\n"),
                Arguments.of(
                        "a request in the place of the trailer",
                        "Transfer-Encoding: chunked\r\n",
                        "5\r\nhello\r\n0\r\n" + HIDDEN),
                Arguments.of(
                        "a body that looks like a request", "Content-Length: " + HIDDEN.length() + "\r\n", HIDDEN));
    }

    /** Servers may accept or refuse these, but each is one request. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("onlyOneRequest")
    void nothingOfABodyIsTakenForARequest(String what, String head, String body) throws IOException {
        for (String target : List.of("PUT /v1/files/framing/taken", "PUT /v1/files/a%01b", "PUT /v1/nothing")) {
            String answer = RawHttp.exchange(chain.headUrl(), target, head, body);

            assertThat(RawHttp.statuses(answer).size())
                    .as("%s, %s\n%s", what, target, answer)
                    .isLessThanOrEqualTo(1);
            assertNothingStored("framing/smuggled");
        }
    }

    private void assertNothingStored(String name) {
        URI file = Rest.file(chain.headUrl(), name);
        assertThat(chain.rest().get(file).status()).as("GET %s", file).isEqualTo(404);
    }
}
