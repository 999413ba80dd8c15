package org.craq.server.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.craq.server.Settings;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SecuritySettingsTest {
    private static boolean withoutCertificates(Map<String, String> settings, String... addresses) {
        return SecuritySettings.read(new Settings(settings::get), Optional.empty(), List.of(addresses));
    }

    @Test
    void withoutCertificatesAServerOfThisMachineStartsWithSecurityOff() {
        assertThat(withoutCertificates(
                        Map.of(), "127.0.0.1", "localhost:8001", "[::1]:8001", "http://127.0.0.1:8080", "http://[::1]"))
                .isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0.0.0.0",
                "::",
                "[::]:8001",
                "10.0.0.1:8001",
                "n1.example:8001",
                "http://10.0.0.1:8080",
                "https://n1.example",
                "http://localhost.example:8080",
                "http://127.0.0.1@n1.example",
                "http://127.0.0.1.nip.io:8080",
                "http://n 1:8080",
                ""
            })
    void withoutCertificatesAServerThatOthersReachDoesNotStartAndSaysWhatToDo(String address) {
        assertThatThrownBy(() -> withoutCertificates(Map.of(), "127.0.0.1", address))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("this server would be open to everyone who reaches " + address
                        + ": make certificates with 'craq certs init' and set craq.tls.certificate, craq.tls.key and"
                        + " craq.tls.ca, or set craq.security=off if that is meant");
    }

    @Test
    void securityIsSwitchedOffInSoManyWordsOnly() {
        assertThat(withoutCertificates(Map.of(SecuritySettings.SECURITY, "off"), "0.0.0.0"))
                .isFalse();
        for (String wrong : List.of("false", "OFF", "no")) {
            assertThatThrownBy(() -> withoutCertificates(Map.of(SecuritySettings.SECURITY, wrong), "127.0.0.1"))
                    .hasMessage("craq.security is '" + wrong + "', but must be on or off");
        }
    }

    @Test
    void securityThatIsWantedNeedsCertificates() {
        assertThatThrownBy(() -> withoutCertificates(Map.of(SecuritySettings.SECURITY, "on"), "127.0.0.1"))
                .hasMessageStartingWith("craq.security=on needs certificates: make certificates with");
    }

    @Test
    void metricsAreOpenedInSoManyWordsOnly() {
        assertThat(SecuritySettings.metricsAreOpen(new Settings(name -> null))).isFalse();
        assertThat(SecuritySettings.metricsAreOpen(new Settings(Map.of(SecuritySettings.OPEN_METRICS, "true")::get)))
                .isTrue();
        assertThatThrownBy(() -> SecuritySettings.metricsAreOpen(
                        new Settings(Map.of(SecuritySettings.OPEN_METRICS, "yes")::get)))
                .hasMessage("craq.metrics.open is 'yes', but must be true or false");
    }
}
