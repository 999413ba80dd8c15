package org.craq.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import org.craq.server.RequestFraming.Head;
import org.craq.server.RequestFraming.Refusal;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class RequestFramingTest {
    private static final String HTTP = "HTTP/1.1";
    private static final List<String> NAMES = List.of("Host", "X-Craq-Meta-colour");

    @Test
    void aBodyIsChunkedOrHasALengthOrIsNotThere() {
        assertThat(new Head("GET", HTTP, NAMES, List.of(), List.of()).refusal()).isEmpty();
        assertThat(new Head("PUT", HTTP, NAMES, List.of(), List.of("5")).refusal())
                .isEmpty();
        assertThat(new Head("PUT", HTTP, NAMES, List.of("chunked"), List.of()).refusal())
                .isEmpty();
        assertThat(new Head("PUT", HTTP, NAMES, List.of(" Chunked\t"), List.of()).refusal())
                .isEmpty();
        assertThat(new Head("GET", "HTTP/2.0", NAMES, List.of(), List.of()).refusal())
                .isEmpty();
    }

    static Stream<Arguments> codings() {
        return Stream.of(
                Arguments.of(List.of("gzip, chunked"), 501),
                Arguments.of(List.of("gzip", "chunked"), 501),
                Arguments.of(List.of("chunked, gzip"), 501),
                Arguments.of(List.of("identity"), 501),
                Arguments.of(List.of("xchunked"), 501),
                Arguments.of(List.of(""), 501),
                Arguments.of(List.of("chunked;q=1"), 501),
                Arguments.of(List.of("chunked, chunked"), 400),
                Arguments.of(List.of("chunked", "chunked"), 400));
    }

    @ParameterizedTest
    @MethodSource("codings")
    void otherCodingsAreRefused(List<String> codings, int status) {
        assertThat(new Head("PUT", HTTP, NAMES, codings, List.of()).refusal().map(Refusal::status))
                .contains(status);
    }

    @Test
    void twoWaysToTellTheLengthAreRefused() {
        assertThat(new Head("PUT", HTTP, NAMES, List.of("chunked"), List.of("5"))
                        .refusal()
                        .map(Refusal::status))
                .contains(400);
        assertThat(new Head("PUT", "HTTP/1.0", NAMES, List.of("chunked"), List.of())
                        .refusal()
                        .map(Refusal::status))
                .contains(400);
    }

    @ParameterizedTest
    @ValueSource(strings = {"get", "Get", "put", "", "G ET", "GET\t"})
    void aMethodIsWrittenInCapitals(String method) {
        assertThat(new Head(method, HTTP, NAMES, List.of(), List.of()).refusal().map(Refusal::status))
                .contains(501);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "X A", "X-A ", "X\u0001", "\u00e4"})
    void aLineThatIsNoHeaderIsRefused(String name) {
        assertThat(new Head("GET", HTTP, List.of("Host", name), List.of(), List.of())
                        .refusal()
                        .map(Refusal::status))
                .contains(400);
    }
}
