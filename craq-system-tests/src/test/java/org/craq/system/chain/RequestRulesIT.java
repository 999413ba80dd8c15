package org.craq.system.chain;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The rules for every HTTP request, which nodes and manager share, and the form of all refusals. */
@ExtendWith(ChainExtension.class)
class RequestRulesIT {
    private final TestChain chain;
    private final Rest rest;

    RequestRulesIT(TestChain chain) {
        this.chain = chain;
        this.rest = chain.rest();
    }

    private List<String> servers() {
        return List.of(chain.headUrl(), chain.cluster().managerUrl());
    }

    private URI file(String name) {
        return Rest.file(chain.headUrl(), "rules/" + name);
    }

    private static void assertProblem(int status, Rest.Answer answer) {
        assertThat(answer.status()).as(answer.text()).isEqualTo(status);
        assertThat(answer.header("Content-Type")).isEqualTo("application/problem+json");
        assertThat(answer.json().keySet())
                .containsExactlyInAnyOrder("type", "title", "status", "detail", "instance", "code", "advice");
        assertThat(answer.json().get("status").getAsInt()).isEqualTo(status);
        assertThat(answer.header("X-Content-Type-Options")).isEqualTo("nosniff");
    }

    private static void assertProblem(int status, String answer) {
        assertThat(answer).startsWith("HTTP/1.1 " + status).contains("application/problem+json", "\"instance\":");
    }

    // ---- browsers ----

    @Test
    void aForeignNameIsNotAnsweredAndTheServersOwnAre() throws IOException {
        for (String server : servers()) {
            for (String path :
                    List.of("/v1/files", "/v1/admin/status", "/metrics", "/nowhere", "/health/../v1/admin/status")) {
                String answer = RawHttp.head(server, "GET " + path + " HTTP/1.1", "Host: evil.example");
                assertProblem(421, answer);
                assertThat(answer).contains("UNKNOWN_HOST", "craq.http.names=evil.example");
            }
            for (String host :
                    List.of("localhost:1", "[::1]", URI.create(server).getAuthority())) {
                assertThat(RawHttp.head(server, "GET /v1/admin/status HTTP/1.1", "Host: " + host))
                        .startsWith("HTTP/1.1 200");
            }
            // Monitoring tools may use any name.
            assertThat(RawHttp.head(server, "GET /health/live HTTP/1.1", "Host: any.example"))
                    .startsWith("HTTP/1.1 200");
        }
    }

    @Test
    void aPageOfAnotherSiteChangesNothing() {
        byte[] body = "x".getBytes(StandardCharsets.US_ASCII);
        String[] foreign = {"Content-Type", "text/plain", "Origin", "http://evil.example"};
        for (String server : servers()) {
            Rest.Answer answer = rest.send("POST", Rest.file(server, "rules/log"), body, foreign);
            assertProblem(403, answer);
            assertThat(answer.text()).contains("CROSS_SITE");
            assertProblem(
                    403,
                    rest.send("POST", URI.create(server + "/v1/admin/scrub"), body, "Sec-Fetch-Site", "cross-site"));
        }
        assertThat(rest.head(file("log")).status()).isEqualTo(404);
        assertThat(rest.send("POST", file("log"), body, "Origin", chain.headUrl(), "Sec-Fetch-Site", "same-origin")
                        .status())
                .isEqualTo(201);
        assertThat(rest.get(file("log"), "Origin", "http://evil.example", "Sec-Fetch-Site", "cross-site")
                        .status())
                .isEqualTo(200);
    }

    @Test
    void whatCouldRunInABrowserIsSavedInPlaceOfShown() {
        byte[] page = "<script>1</script>".getBytes(StandardCharsets.US_ASCII);
        rest.put(file("page"), page, "Content-Type", "text/html");
        rest.put(file("picture"), page, "Content-Type", "image/png");
        for (Rest.Answer answer : List.of(
                rest.get(file("page")),
                rest.head(file("page")),
                rest.get(file("page"), "Range", "bytes=0-1"),
                rest.get(file("page"), "Range", "bytes=0-1,3-4"))) {
            assertThat(answer.header("Content-Disposition")).isEqualTo("attachment");
            assertThat(answer.header("X-Content-Type-Options")).isEqualTo("nosniff");
            assertThat(answer.header("Content-Security-Policy")).isEqualTo("sandbox; default-src 'none'");
            assertThat(answer.header("Cross-Origin-Resource-Policy")).isEqualTo("same-site");
        }
        assertThat(rest.get(file("picture")).header("Content-Disposition")).isEmpty();
        assertThat(rest.get(file("picture")).header("X-Content-Type-Options")).isEqualTo("nosniff");
    }

    // ---- form ----

    @ParameterizedTest
    @CsvSource({
        "Content-Type, text/plain, text/html",
        "Idempotency-Key, 6f9619ff-8b86-4011-b42d-00c04fc964ff, 6f9619ff-8b86-4011-b42d-00c04fc964fe",
        "Range, bytes=0-1, bytes=0-1",
        "X-Craq-Session, c1:1-1, c1:1-1",
        "Upload-Offset, 0, 0"
    })
    void aHeaderThatCountsOnceMustNotComeTwice(String name, String one, String other) {
        for (String server : servers()) {
            Rest.Answer answer = rest.put(Rest.file(server, "rules/twice"), new byte[1], name, one, name, other);
            assertProblem(400, answer);
            assertThat(answer.text()).contains(name);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"text/html;q=abc", "foo", "text/html;q=", "*; q=.2, */*; q=.2", ";,;"})
    void whatCantBeReadOfAcceptIsPassedOver(String accept) {
        for (String server : servers()) {
            assertThat(rest.get(URI.create(server + "/v1/admin/status"), "Accept", accept)
                            .status())
                    .isEqualTo(200);
        }
        assertThat(rest.get(URI.create(chain.headUrl() + "/v1/files?limit=1"), "Accept", accept)
                        .status())
                .isEqualTo(200);
        assertProblem(
                406,
                rest.get(
                        URI.create(chain.headUrl() + "/v1/files"), "Accept", "text/html, " + accept.replace("*", "a")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"foo", "text", "text/", "text plain"})
    void aBadMediaTypeIsAProblem(String type) {
        for (String server : servers()) {
            assertProblem(400, rest.put(Rest.file(server, "rules/type"), new byte[1], "Content-Type", type));
            assertProblem(400, rest.get(Rest.file(server, "rules/type"), "Content-Type", type));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/v1/files/a%FF",
                "/v1/files/a%C3",
                "/v1/files?prefix=%FF",
                "/v1/files/\u00e9",
                "/v1/files?prefix=\u00e9"
            })
    void aUrlThatStandsForNoTextIsAProblem(String target) throws IOException {
        for (String server : servers()) {
            assertProblem(400, RawHttp.request(server, "GET", target));
        }
    }

    /** A strict parser of the server refuses these before the application sees them, and without a body. */
    @ParameterizedTest
    @ValueSource(strings = {"/v1/files/a%G1", "/v1/files?prefix=%G1", "/v1/files/a%"})
    void anEscapeThatIsNoneIsRefused(String target) throws IOException {
        for (String server : servers()) {
            assertThat(RawHttp.request(server, "GET", target)).startsWith("HTTP/1.1 400 ");
        }
    }

    @Test
    void whatClientsLeaveUnescapedStandsForItself() throws IOException {
        assertThat(rest.put(file("{a}|[b]"), new byte[] {1}).status()).isEqualTo(201);
        assertThat(RawHttp.request(chain.headUrl(), "GET", "/v1/files/rules/{a}|[b]"))
                .startsWith("HTTP/1.1 200");
        assertThat(RawHttp.request(chain.cluster().managerUrl(), "GET", "/v1/files/rules/{a}|[b]"))
                .startsWith("HTTP/1.1 307")
                .contains("/v1/files/rules/%7Ba%7D%7C%5Bb%5D");
        assertThat(RawHttp.request(chain.headUrl(), "GET", "/v1/files?prefix=rules/{a}"))
                .startsWith("HTTP/1.1 200")
                .contains("rules/{a}|[b]");
    }

    @Test
    void onlyWhatStandsBehindTheResourcesOwnPathIsAName() throws IOException {
        for (String target : List.of("/v1/files;v=1/rules/matrix", "/v1/%66iles/rules/matrix")) {
            assertProblem(404, RawHttp.request(chain.headUrl(), "PUT", target));
            assertProblem(404, RawHttp.request(chain.headUrl(), "GET", target));
        }
        assertThat(RawHttp.request(chain.headUrl(), "PUT", "/v1/files/rules/a;v=1"))
                .startsWith("HTTP/1.1 201");
        assertThat(rest.get(file("a;v=1")).status()).isEqualTo(200);
    }

    // ---- what the server itself refuses ----

    @Test
    void whatNobodyServesAndWhatIsNotAllowedAreProblems() {
        for (String server : servers()) {
            for (String path : List.of("/", "/nowhere", "/v1/nowhere", "/error")) {
                assertProblem(404, rest.get(URI.create(server + path)));
            }
            for (String path : List.of("/metrics", "/health/live", "/v1/admin/status")) {
                Rest.Answer refused = rest.send("POST", URI.create(server + path), new byte[0]);
                assertProblem(405, refused);
                assertThat(refused.header("Allow")).contains("GET");
            }
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{\"steps\": [{\"delete\": \"rules/none\", \"delete\": \"rules/kept\"}]}| twice",
                "{\"steps\": [{\"delete\": \"rules/kept\"}]} more| the body",
                "{\"steps\": 99999999999999999999999999999999999999999999999999999999999999999999}| more than 64"
            })
    void aTransactionThatCouldBeReadInTwoWaysDoesNothing(String body, String said) {
        rest.put(file("kept"), new byte[] {1});
        Rest.Answer refused = transaction(body.getBytes(StandardCharsets.UTF_8));
        assertProblem(400, refused);
        assertThat(refused.text()).contains(said);
        assertThat(rest.get(file("kept")).status()).isEqualTo(200);
    }

    @Test
    void bytesThatAreNoTextAreNoName() {
        rest.put(file("no\uFFFDtext"), new byte[] {1});
        byte[] body = "{\"steps\": [{\"delete\": \"rules/no?text\"}]}".getBytes(StandardCharsets.US_ASCII);
        for (int i = 0; i < body.length; i++) {
            body[i] = body[i] == '?' ? (byte) 0xFF : body[i];
        }
        assertProblem(400, transaction(body));
        assertThat(rest.get(file("no\uFFFDtext")).status()).isEqualTo(200);
        assertProblem(400, transaction(("{\"steps\":" + "[".repeat(5000)).getBytes(StandardCharsets.US_ASCII)));
    }

    private Rest.Answer transaction(byte[] body) {
        return rest.send(
                "POST",
                URI.create(chain.headUrl() + "/v1/transactions"),
                body,
                "Content-Type",
                "application/json",
                "Idempotency-Key",
                UUID.randomUUID().toString());
    }

    // ---- bodies ----

    @Test
    void aBodyThatIsNotWhatItsOlderDigestSaysIsNotStored() {
        assertProblem(400, rest.put(file("md5"), new byte[] {1}, "Content-MD5", "AAAAAAAAAAAAAAAAAAAAAA=="));
        assertThat(rest.head(file("md5")).status()).isEqualTo(404);
    }

    @Test
    void anAppendTakesNothingFromAnotherFile() {
        rest.put(file("source"), new byte[] {1});
        for (String header : List.of("X-Craq-Copy-Source", "X-Craq-Move-Source")) {
            assertProblem(400, rest.send("POST", file("target"), new byte[] {2}, header, "rules/source"));
        }
        assertThat(rest.head(file("target")).status()).isEqualTo(404);
        assertThat(rest.head(file("source")).status()).isEqualTo(200);
    }
}
