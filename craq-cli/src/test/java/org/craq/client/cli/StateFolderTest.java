package org.craq.client.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

class StateFolderTest {
    @Test
    void recordsAreWhereTheUsersStateIs() {
        Map<String, String> home = Map.of("HOME", "/h");
        assertThat(StateFolder.uploads(home)).isEqualTo(Path.of("/h/.local/state/craq/uploads"));
        assertThat(StateFolder.uploads(Map.of("HOME", "/h", "XDG_STATE_HOME", "/s")))
                .isEqualTo(Path.of("/s/craq/uploads"));
        assertThat(StateFolder.uploads(Map.of("HOME", "/h", "XDG_STATE_HOME", "relative")))
                .isEqualTo(Path.of("/h/.local/state/craq/uploads"));
        assertThat(StateFolder.uploads(Map.of("HOME", "/h", "XDG_STATE_HOME", "/s", "CRAQ_STATE", "/c")))
                .isEqualTo(Path.of("/c/uploads"));
        assertThat(StateFolder.uploads(Map.of()))
                .isEqualTo(Path.of(System.getProperty("user.home"), ".local", "state", "craq", "uploads"));
    }
}
