package org.craq.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TlsSettingsTest {
    private static final String URL = "craq.node.http.url";

    private static String url(Map<String, String> settings) {
        return TlsSettings.httpUrl(new Settings(settings::get), URL, "127.0.0.1");
    }

    private static Map<String, String> withCertificate(String url) {
        Map<String, String> settings = new HashMap<>(Map.of(TlsSettings.CERTIFICATE, "node.crt"));
        settings.put(URL, url);
        return settings;
    }

    @Test
    void withoutACertificateAnyUrlIsTaken() {
        assertThat(url(Map.of())).isEqualTo("http://127.0.0.1:8080");
        assertThat(url(Map.of(URL, "http://n1.example"))).isEqualTo("http://n1.example");
        assertThat(url(Map.of(URL, "https://proxy.example"))).isEqualTo("https://proxy.example");
    }

    @Test
    void withACertificateTheUrlIsOneOfHttps() {
        assertThat(url(withCertificate(null))).isEqualTo("https://127.0.0.1:8443");
        assertThat(url(withCertificate("https://n1.example:9"))).isEqualTo("https://n1.example:9");
        assertThatThrownBy(() -> url(withCertificate("http://n1.example:8080")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("write craq.node.http.url=https://n1.example:8080,");
        assertThatThrownBy(() -> url(withCertificate("n1.example")))
                .hasMessageContaining("write craq.node.http.url=https://n1.example,");
    }
}
