package org.craq.server;

import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.ResourceProvider;
import org.flywaydb.core.api.resource.LoadableResource;

/** A fixed list of SQL scripts on the class path, for Flyway. */
final class MigrationScripts implements ResourceProvider {
    private final ClassLoader loader;
    private final String folder;
    private final List<String> names;

    MigrationScripts(ClassLoader loader, String folder, List<String> names) {
        this.loader = loader;
        this.folder = folder;
        this.names = List.copyOf(names);
    }

    /**
     * Returns null for a missing script: Flyway asks by name only for scripts that may be missing, and expects null
     * then.
     */
    @Override
    public LoadableResource getResource(String name) {
        return names.stream()
                .filter(each -> name.equals(each) || name.equals(folder + each))
                .map(Script::new)
                .findFirst()
                .orElse(null);
    }

    @Override
    public Collection<LoadableResource> getResources(String prefix, String[] suffixes) {
        return names.stream()
                .filter(name ->
                        name.startsWith(prefix) && Arrays.stream(suffixes).anyMatch(name::endsWith))
                .<LoadableResource>map(Script::new)
                .toList();
    }

    private final class Script extends LoadableResource {
        private final String name;

        Script(String name) {
            this.name = name;
        }

        @Override
        public Reader read() {
            InputStream content = loader.getResourceAsStream(folder + name);
            if (content == null) {
                throw new FlywayException("a file is missing from the deployment: " + folder + name);
            }
            return new InputStreamReader(content, StandardCharsets.UTF_8);
        }

        @Override
        public String getAbsolutePath() {
            return folder + name;
        }

        @Override
        public String getAbsolutePathOnDisk() {
            return folder + name;
        }

        @Override
        public String getFilename() {
            return name;
        }

        @Override
        public String getRelativePath() {
            return name;
        }
    }
}
