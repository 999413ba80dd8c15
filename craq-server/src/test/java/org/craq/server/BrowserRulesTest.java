package org.craq.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.craq.wire.CraqException;
import org.craq.wire.ErrorCode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BrowserRulesTest {
    private static final String FILE = "/v1/files/a";
    private static final String LOCAL = "127.0.0.1:8081";

    private final BrowserRules rules =
            rules("files.example.com, *.craq.svc.cluster.local, craq_nodes", "https://Store.Example.org:8443/n1");

    private static BrowserRules rules(String listed, String ownUrl) {
        return new BrowserRules(HostNames.read(new Settings(Map.of(HostNames.SETTING, listed)::get), ownUrl));
    }

    private void assertPasses(String method, String... headers) {
        assertThatCode(() -> rules.check(FakeRequest.of(method, FILE, headers)))
                .as(method + " " + String.join(" ", headers))
                .doesNotThrowAnyException();
    }

    private void assertRefused(ErrorCode code, String method, String... headers) {
        assertThatThrownBy(() -> rules.check(FakeRequest.of(method, FILE, headers)))
                .as(method + " " + String.join(" ", headers))
                .isInstanceOfSatisfying(
                        CraqException.class, e -> assertThat(e.code()).isEqualTo(code));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "127.0.0.1",
                "10.0.0.7:8081",
                "[::1]:8081",
                "[fe80::1%25eth0]",
                "localhost:8081",
                "LOCALHOST",
                "localhost.",
                "n1.localhost:8081",
                "store.example.org",
                "STORE.EXAMPLE.ORG:1",
                "files.example.com:8443",
                "n1.craq.svc.cluster.local:8081",
                "a.b.craq.svc.cluster.local",
                "craq_nodes"
            })
    void addressesAndNamesOfItsOwnAreAnswered(String host) {
        assertPasses("GET", "Host", host);
        assertPasses("PUT", "Host", host);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "evil.example",
                "evil.example:8081",
                "localhost.evil.example",
                "notlocalhost",
                "127.0.0.1.evil.example",
                "files.example.com.evil.example",
                "evilfiles.example.com",
                "craq.svc.cluster.local",
                "1.2.3",
                "localhost..",
                "*.craq.svc.cluster.local.evil"
            })
    void anyOtherNameIsRefusedForReadsAsWell(String host) {
        assertRefused(ErrorCode.UNKNOWN_HOST, "GET", "Host", host);
        assertRefused(ErrorCode.UNKNOWN_HOST, "PUT", "Host", host);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "a b", "user@127.0.0.1", "127.0.0.1/x", "a:b", "a:123456", "[::1", "http://a"})
    void whatIsNoHostIsRefused(String host) {
        assertRefused(ErrorCode.INVALID_ARGUMENT, "GET", "Host", host);
    }

    @Test
    void aProgramThatSendsNoHostIsNoBrowser() {
        assertPasses("PUT");
    }

    @Test
    void theRefusalSaysWhatToSet() {
        assertThatThrownBy(() -> rules.check(FakeRequest.of("GET", FILE, "Host", "New.Example:80")))
                .hasMessageContaining("craq.http.names=new.example");
    }

    @Test
    void aStarSwitchesTheNamesOffAndNothingElse() {
        BrowserRules any = rules("*", "http://127.0.0.1:8080");
        assertThatCode(() -> any.check(FakeRequest.of("PUT", FILE, "Host", "evil.example")))
                .doesNotThrowAnyException();
        assertThatThrownBy(() ->
                        any.check(FakeRequest.of("PUT", FILE, "Host", "a.example", "Origin", "http://evil.example")))
                .isInstanceOf(CraqException.class);
    }

    @ParameterizedTest
    @CsvSource({
        "http://evil.example, 127.0.0.1:8081",
        "http://127.0.0.1:3000, 127.0.0.1:8081",
        "https://127.0.0.1:8081, localhost:8081",
        "http://127.0.0.1, 127.0.0.1:8081",
        "null, 127.0.0.1:8081",
        "'', 127.0.0.1:8081",
        "https://store.example.org:8443, 127.0.0.1:8081",
        "http://files.example.com.evil.example, files.example.com"
    })
    void aPageOfAnotherOriginChangesNothing(String origin, String host) {
        for (String method : List.of("POST", "PUT", "DELETE", "PATCH", "FOO")) {
            assertRefused(ErrorCode.CROSS_SITE, method, "Host", host, "Origin", origin);
            assertRefused(ErrorCode.CROSS_SITE, method, "Host", host, "Origin", origin, "Sec-Fetch-Site", "same-site");
        }
        // Reads pass, as the page's scripts cannot see the answer; a preflight is answered without the permission.
        for (String method : List.of("GET", "HEAD", "OPTIONS")) {
            assertPasses(method, "Host", host, "Origin", origin, "Sec-Fetch-Site", "cross-site");
        }
    }

    @Test
    void aRequestFromAnotherSiteIsRefusedWithoutItsOriginToo() {
        assertRefused(ErrorCode.CROSS_SITE, "POST", "Host", LOCAL, "Sec-Fetch-Site", "cross-site");
    }

    @ParameterizedTest
    @CsvSource({
        "http://127.0.0.1:8081, 127.0.0.1:8081",
        "http://LOCALHOST:8081, localhost:8081",
        "http://[::1]:8081, [::1]:8081",
        "http://files.example.com, files.example.com:80",
        // The proxy that terminates TLS forwards the header unchanged.
        "https://files.example.com, files.example.com",
        "https://files.example.com:443, files.example.com",
        // The proxy sets its own Host header.
        "https://files.example.com, 127.0.0.1:8081"
    })
    void aPageOfTheSameOriginMayDoAll(String origin, String host) {
        assertPasses("POST", "Host", host, "Origin", origin);
    }

    @Test
    void aBrowserThatSaysSameOriginIsBelievedWhateverAProxyMadeOfTheHost() {
        assertPasses("PATCH", "Host", LOCAL, "Origin", "https://other.example", "Sec-Fetch-Site", "same-origin");
        assertPasses("POST", "Host", LOCAL, "Sec-Fetch-Site", "none");
    }

    @ParameterizedTest
    @ValueSource(strings = {"files.example.com:8080", "http://a", "a b", "a.*.b", "a/b", "é.example"})
    void aWrongSettingIsNamed(String names) {
        assertThatThrownBy(() -> rules(names, "http://127.0.0.1:8080"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(HostNames.SETTING);
    }
}
