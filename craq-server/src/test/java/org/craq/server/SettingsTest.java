package org.craq.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SettingsTest {
    private static final String SECRET = "not-for-everybody";

    @TempDir
    Path folder;

    private Path file(String content, String mode) throws IOException {
        Path file = Files.writeString(folder.resolve("value"), content);
        return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
    }

    private static Settings of(Map<String, String> values) {
        return new Settings(values::get);
    }

    @Test
    void aValueMayStandInAFile() throws IOException {
        Settings settings =
                of(Map.of("craq.x.file", file(SECRET + "\n", "rw-------").toString()));
        assertThat(settings.text("craq.x")).contains(SECRET);
        assertThat(settings.text("craq.x", "other")).isEqualTo(SECRET);
        assertThat(of(Map.of("craq.n.file", file("17\n", "r--------").toString()))
                        .number("craq.n", 1, 1, 20))
                .isEqualTo(17);
        assertThat(settings.text("craq.y")).isEmpty();
    }

    @Test
    void aFileThatOthersMayReadIsRefusedWithWhatToDo() throws IOException {
        for (String mode : new String[] {"rw-r-----", "rw----r--", "rw--w----"}) {
            Path file = file(SECRET, mode);
            assertThatThrownBy(() -> of(Map.of("craq.x.file", file.toString())).text("craq.x"))
                    .as(mode)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("craq.x.file")
                    .hasMessageContaining("chmod 600 " + file)
                    .hasMessageNotContaining(SECRET);
        }
    }

    @Test
    void aValueAndAFileAreOneTooMany() throws IOException {
        Settings both = of(
                Map.of("craq.x", "a", "craq.x.file", file(SECRET, "rw-------").toString()));
        assertThatThrownBy(() -> both.text("craq.x"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("craq.x and craq.x.file are both set")
                .hasMessageNotContaining(SECRET);
    }

    @Test
    void aFileThatIsMissingIsNamed() {
        assertThatThrownBy(() -> of(Map.of("craq.x.file", folder.resolve("none").toString()))
                        .text("craq.x"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("craq.x.file: there is no file");
    }

    @Test
    void aSettingMayHaveANameThatEndsLikeOne() throws IOException {
        Path file = file("path", "rw-r--r--");
        assertThat(of(Map.of("craq.admin.key.file", file.toString())).text("craq.admin.key.file"))
                .contains(file.toString());
    }
}
