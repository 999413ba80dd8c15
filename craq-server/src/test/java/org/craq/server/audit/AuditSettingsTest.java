package org.craq.server.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.craq.server.Settings;
import org.junit.jupiter.api.Test;

class AuditSettingsTest {
    private static final Path DEFAULT = Path.of("/data/audit");

    private static Optional<AuditSettings> read(boolean secure, Map<String, String> values) {
        return AuditSettings.read(new Settings(values::get), secure, DEFAULT);
    }

    @Test
    void aSecureServerHasATrail() {
        assertThat(read(true, Map.of())).contains(new AuditSettings(DEFAULT, AuditSettings.Reads.DENIED, 90, false));
        assertThat(read(false, Map.of())).isEmpty();
        assertThat(read(false, Map.of("craq.audit.dir", "/log")))
                .contains(new AuditSettings(Path.of("/log"), AuditSettings.Reads.DENIED, 90, false));
        assertThat(read(
                        true,
                        Map.of("craq.audit.reads", "all", "craq.audit.keep.days", "0", "craq.audit.required", "true")))
                .contains(new AuditSettings(DEFAULT, AuditSettings.Reads.ALL, 0, true));
    }

    @Test
    void wrongValuesAreRefusedByName() {
        for (String name : new String[] {"craq.audit.reads", "craq.audit.keep.days", "craq.audit.required"}) {
            assertThatThrownBy(() -> read(false, Map.of(name, "maybe")))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining(name);
        }
    }
}
