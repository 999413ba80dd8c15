package org.craq.client.rest;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class AuthorizationTest {
    @Test
    void aTokenStaysOnThisMachineOrIsEncrypted() {
        Authorization token = Authorization.ofToken(() -> Optional.of("t"));
        for (String safe : List.of(
                "http://127.0.0.1:8080/v1",
                "http://localhost/",
                "http://[::1]:1/",
                "https://n1.example/",
                "HTTPS://x/")) {
            assertThat(token.value(URI.create(safe))).as(safe).contains("Bearer t");
            assertThat(token.isWithheld(URI.create(safe))).as(safe).isFalse();
        }
        for (String open : List.of("http://n1.example:8080/", "http://10.0.0.1/", "http://127.0.0.1.example/")) {
            assertThat(token.value(URI.create(open))).as(open).isEmpty();
            assertThat(token.isWithheld(URI.create(open))).as(open).isTrue();
            assertThat(Authorization.none().isWithheld(URI.create(open)))
                    .as(open)
                    .isFalse();
        }
    }

    @Test
    void namesStandInPathsAsBytes() {
        assertThat(Rest.path("a b/\u00fc+*~.x/")).isEqualTo("a%20b/%C3%BC%2B%2A~.x/");
    }
}
