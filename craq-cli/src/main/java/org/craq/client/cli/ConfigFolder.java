package org.craq.client.cli;

import java.nio.file.Path;
import java.util.Map;

/** The folder with the settings of a user. */
final class ConfigFolder {
    private ConfigFolder() {}

    /**
     * Returns the file with the token of {@code craq login}, in the user's folder for settings (XDG base directory
     * specification).
     */
    static Path token(Map<String, String> environment) {
        String common = environment.get("XDG_CONFIG_HOME");
        // According to that specification, a path that is not absolute is ignored.
        Path config = common != null && common.startsWith("/")
                ? Path.of(common)
                : Path.of(StateFolder.home(environment)).resolve(".config");
        return config.resolve("craq").resolve("token");
    }
}
