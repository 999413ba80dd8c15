package org.craq.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Collections;
import org.craq.wire.CraqException;
import org.craq.wire.ErrorCode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The rules for every request head, and the changes made to it for JAX-RS. */
class RequestFormTest {
    private static void assertRefused(String said, String target, String... headers) {
        assertThatThrownBy(() -> RequestForm.check(FakeRequest.of("PUT", target, headers)))
                .hasMessageContaining(said)
                .isInstanceOfSatisfying(
                        CraqException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_ARGUMENT));
    }

    private static void assertPasses(String target, String... headers) {
        assertThatCode(() -> RequestForm.check(FakeRequest.of("PUT", target, headers)))
                .doesNotThrowAnyException();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Content-Type",
                "Content-Length",
                "Range",
                "If-Unmodified-Since",
                "Idempotency-Key",
                "X-Craq-Session",
                "X-Craq-Copy-Source",
                "Upload-Offset"
            })
    void whatABodyHasOnceMustNotComeTwice(String header) {
        assertRefused(header + " occurs 2 times", "/v1/files/a", header, "text/plain", header, "text/plain");
    }

    @Test
    void listsMayComeInSeveralLines() {
        assertPasses("/v1/files/a", "If-Match", "\"1-1\"", "If-Match", "\"1-2\"", "Accept", "a/b", "Accept", "c/d");
        assertPasses(
                "/v1/files/a", "X-Craq-Meta-A", "1", "X-Craq-Meta-A", "2", "Content-Digest", "", "Content-Digest", "");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "foo", "foo/", "/foo", "text plain", "text/plain,text/html", "a/b/c"})
    void whatIsNoMediaTypeIsRefused(String type) {
        assertRefused("Content-Type", "/v1/files/a", "Content-Type", type);
    }

    @ParameterizedTest
    @ValueSource(strings = {"text/plain", "Text/HTML; charset=utf-8", "application/vnd.a.b+json;x=\"a,b\"", "x/y;"})
    void mediaTypesPass(String type) {
        assertPasses("/v1/files/a", "Content-Type", type);
    }

    @ParameterizedTest
    @CsvSource({
        "/v1/files/%FF, not valid UTF-8",
        "/v1/files/%C3, not valid UTF-8",
        "/v1/files/a?prefix=%ED%A0%80, not valid UTF-8",
        "/v1/files/%G1, does not begin an escape",
        "/v1/files/a?prefix=%1, does not begin an escape",
        "/v1/files/%, does not begin an escape",
        "/v1/files/\u00e9, U+00E9",
        "/v1/files?prefix=\u00e9, U+00E9",
        "'/v1/files/a b', U+0020"
    })
    void whatStandsForNoTextIsRefused(String target, String said) {
        assertRefused(said, target);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/v1/files/%C3%A9;a=b%2F%25", "/v1/files/{a}|b", "/v1/files?prefix={a}+b%20c&&x", "/"})
    void otherTargetsPass(String target) {
        assertPasses(target);
    }

    // ---- what JAX-RS implementations can't read ----

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "text/html;q=abc|''",
                "foo|''",
                "foo, application/json|application/json",
                "text/html;q=abc, application/json;q=0.5|application/json;q=0.5",
                "text/html;q=2, */*;q=1.000|*/*;q=1.000",
                "text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2|text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2",
                "application/json;charset=utf-8;q=0.8;ext=\"x\"|application/json;charset=utf-8;q=0.8;ext=\"x\"",
                "text/html;q=|''",
                ",,|''"
            })
    void onlyMediaRangesThatCanBeReadAreLeftInAccept(String sent, String left) {
        assertThat(MendedRequest.accepted(sent)).isEqualTo(left);
    }

    @Test
    void withNothingLeftThereIsNoAccept() {
        MendedRequest request =
                new MendedRequest(FakeRequest.of("GET", "/", "Accept", "foo", "accept", "bar", "Range", "x"));
        assertThat(request.getHeader("ACCEPT")).isNull();
        assertThat(Collections.list(request.getHeaders("Accept"))).isEmpty();
        assertThat(Collections.list(request.getHeaderNames())).containsExactly("Range");
        assertThat(request.getHeader("Range")).isEqualTo("x");
    }

    @Test
    void severalLinesOfAcceptAreOne() {
        MendedRequest request = new MendedRequest(FakeRequest.of("GET", "/", "Accept", "foo, a/b", "Accept", "c/d"));
        assertThat(Collections.list(request.getHeaders("Accept"))).containsExactly("a/b, c/d");
        assertThat(MendedRequest.accepted("a/b,".repeat(2000))).isEmpty();
        assertThat(MendedRequest.accepted("a/b" + ";a=b".repeat(1000))).isNotEmpty();
    }

    @Test
    void whatClientsLeaveAsItIsInAUrlIsEscaped() {
        MendedRequest request = new MendedRequest(FakeRequest.of("GET", "/v1/files/{a}|b%7B", "Host", "x"));
        assertThat(request.getRequestURI()).isEqualTo("/v1/files/%7Ba%7D%7Cb%7B");
        assertThat(request.getRequestURL()).hasToString("http://127.0.0.1:8081/v1/files/%7Ba%7D%7Cb%7B");
        assertThat(request.getQueryString()).isNull();
        assertThat(new MendedRequest(FakeRequest.of("GET", "/a?x={\"[\\]^`}<>")).getQueryString())
                .isEqualTo("x=%7B%22%5B%5C%5D%5E%60%7D%3C%3E");
    }
}
