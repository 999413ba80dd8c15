package org.craq.client.certs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class HostTest {
    @Test
    void addressesAndNamesAreTold() {
        assertThat(Host.of("10.0.0.1")).isEqualTo(new Host("10.0.0.1", true));
        assertThat(Host.of("2001:DB8::1")).isEqualTo(new Host("2001:db8:0:0:0:0:0:1", true));
        assertThat(Host.of("[::1]")).isEqualTo(new Host("0:0:0:0:0:0:0:1", true));
        assertThat(Host.of("::ffff:10.0.0.1")).isEqualTo(new Host("10.0.0.1", true));
        assertThat(Host.of("localhost")).isEqualTo(new Host("localhost", false));
        assertThat(Host.of("N1.Example")).isEqualTo(new Host("n1.example", false));
        assertThat(Host.of("1st.example")).isEqualTo(new Host("1st.example", false));
        assertThat(Host.of("xn--mnchen-3ya.example").address()).isFalse();
        String longest = "a".repeat(63) + "." + "b".repeat(63) + "." + "c".repeat(63) + "." + "d".repeat(61);
        assertThat(Host.of(longest).text()).hasSize(253);
    }

    @Test
    void anAddressReadFromACertificateIsTheSame() {
        for (String each : new String[] {"10.0.0.1", "::1", "2001:db8::a:1", "n1.example"}) {
            Host host = Host.of(each);
            assertThat(Host.of(host.text())).isEqualTo(host);
        }
    }

    @Test
    void whatIsNeitherIsRefused() {
        for (String each : new String[] {
            "",
            " ",
            "a b",
            "10.0.0.256",
            "10.0.0",
            "127.1",
            "1.2.3.4.5",
            "010.0.0.1",
            "a..b",
            ".a",
            "a.",
            "-a",
            "a-",
            "a_b",
            "*.example",
            "münchen.example",
            "[10.0.0.1]",
            "[n1]",
            "[::1",
            ":::",
            "1:2",
            "g::1",
            "a".repeat(64),
            "a.".repeat(127) + "a"
        }) {
            assertThatThrownBy(() -> Host.of(each))
                    .as(each)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("'" + each + "'");
        }
    }

    @Test
    void theMessageSaysWhatToLeaveOut() {
        assertThatThrownBy(() -> Host.of("10.0.0.1:8443")).hasMessageContaining("has a port");
        assertThatThrownBy(() -> Host.of("n1.example:8443")).hasMessageContaining("has a port");
        assertThatThrownBy(() -> Host.of("[::1]:8443")).hasMessageContaining("has a port");
        assertThatThrownBy(() -> Host.of("https://n1.example")).hasMessageContaining("alone");
        assertThatThrownBy(() -> Host.of("fe80::1%eth0")).hasMessageContaining("zone");
        assertThatThrownBy(() -> Host.of("0.0.0.0")).hasMessageContaining("all addresses");
        assertThatThrownBy(() -> Host.of("::")).hasMessageContaining("all addresses");
    }
}
