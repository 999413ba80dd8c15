package org.craq.client.alone;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarFile;
import org.craq.client.FakeCluster;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ShadedJarIT {
    private static final Path JAR = Path.of(System.getProperty("craq.client.all"));

    @TempDir
    private Path folder;

    @Test
    void aProgramNeedsNothingElse() throws IOException, InterruptedException {
        String program = StoreAndRead.class.getName();
        Path compiled = folder.resolve(program.replace('.', '/') + ".class");
        Files.createDirectories(compiled.getParent());
        try (InputStream source =
                StoreAndRead.class.getResourceAsStream(StoreAndRead.class.getSimpleName() + ".class")) {
            Files.copy(source, compiled);
        }
        try (FakeCluster cluster = new FakeCluster()) {
            Process java = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-cp",
                            JAR + System.getProperty("path.separator") + folder,
                            program,
                            cluster.managerAddress())
                    .redirectErrorStream(true)
                    .start();
            String said = new String(java.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(java.waitFor()).as(said).isZero();
            assertThat(said).isEqualTo("3-1 by one jar alone" + System.lineSeparator());
        }
    }

    @Test
    void nothingInItMeetsTheProgramsOwnLibraries() throws IOException {
        try (JarFile jar = new JarFile(JAR.toFile())) {
            List<String> strangers = jar.stream()
                    .map(java.util.jar.JarEntry::getName)
                    .filter(name -> name.endsWith(".class") && !name.startsWith("org/craq/"))
                    .toList();
            assertThat(strangers).isEmpty();
        }
    }
}
