package org.craq.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.craq.server.HealthPage.Check;
import org.junit.jupiter.api.Test;

class HealthPageTest {
    @Test
    void isUpWhileAllChecksAre() {
        HealthPage page = new HealthPage(List.of(new Check("store", ""), new Check("chain c1", "")));

        assertThat(page.up()).isTrue();
        assertThat(page.json())
                .isEqualTo("{\"status\":\"UP\",\"checks\":[{\"name\":\"store\",\"status\":\"UP\"},"
                        + "{\"name\":\"chain c1\",\"status\":\"UP\"}]}");
    }

    @Test
    void isDownWithTheReasonOnceOneIs() {
        HealthPage page = new HealthPage(List.of(new Check("store", "no \"disk\""), new Check("chain c1", "")));

        assertThat(page.up()).isFalse();
        assertThat(page.json())
                .isEqualTo("{\"status\":\"DOWN\",\"checks\":[{\"name\":\"store\",\"status\":\"DOWN\","
                        + "\"data\":{\"reason\":\"no \\\"disk\\\"\"}},{\"name\":\"chain c1\",\"status\":\"UP\"}]}");
    }

    @Test
    void isUpWithNothingToLookAt() {
        assertThat(new HealthPage(List.of()).json()).isEqualTo("{\"status\":\"UP\",\"checks\":[]}");
    }
}
