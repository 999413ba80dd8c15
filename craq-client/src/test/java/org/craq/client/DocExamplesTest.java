package org.craq.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.StringWriter;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** The examples in the Javadoc compile and run, and cover every method of the client; those in documents compile. */
class DocExamplesTest {
    private static final Path SOURCES = Path.of("src/main/java/org/craq/client");
    private static final Pattern EXAMPLE = Pattern.compile("<pre>\\{@code\n(.*?)\n *\\* *}</pre>", Pattern.DOTALL);
    private static final Pattern PROGRAM = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);
    private static final String IMPORTS =
            """
            import java.io.*;
            import java.nio.*;
            import java.nio.channels.*;
            import java.nio.charset.*;
            import java.nio.file.*;
            import java.util.*;
            import java.util.concurrent.*;
            import org.craq.client.*;
            """;

    @TempDir
    private Path folder;

    private record Example(Path source, int index, String code) {
        String name() {
            return source.getFileName().toString().replace(".java", "").replace("-", "") + index;
        }
    }

    private static List<Example> examples() throws IOException {
        try (Stream<Path> sources = Files.list(SOURCES)) {
            return sources.filter(source -> source.toString().endsWith(".java"))
                    .sorted()
                    .flatMap(DocExamplesTest::examples)
                    .toList();
        }
    }

    private static Stream<Example> examples(Path source) {
        List<MatchResult> found = EXAMPLE.matcher(read(source)).results().toList();
        return Stream.iterate(0, i -> i < found.size(), i -> i + 1)
                .map(i -> new Example(source, i, found.get(i).group(1).replaceAll("(?m)^ *\\* ?", "")));
    }

    private static String read(Path source) {
        try {
            return Files.readString(source);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void everyMethodHasOne() throws IOException {
        String all = String.join("\n", examples().stream().map(Example::code).toList());
        Set<String> missing = new TreeSet<>();
        for (Method method : CraqClient.class.getMethods()) {
            boolean own = method.getDeclaringClass() == CraqClient.class && !Modifier.isVolatile(method.getModifiers());
            // An example with a try statement closes implicitly.
            if (own && !method.getName().equals("close") && !all.contains("." + method.getName() + "(")) {
                missing.add(method.getName());
            }
        }
        assertThat(missing).isEmpty();
    }

    @TestFactory
    Stream<DynamicTest> eachRuns() throws IOException {
        List<Example> examples = examples();
        assertThat(examples).hasSizeGreaterThan(10);
        return examples.stream().map(example -> DynamicTest.dynamicTest(example.name(), () -> run(example)));
    }

    /** Programs in documents are whole, and all of them are named Example. */
    @TestFactory
    Stream<DynamicTest> documentsCompile() {
        return Stream.of(Path.of("../README.md"), Path.of("../docs/JAVA.md"))
                .map(document -> DynamicTest.dynamicTest(document.toString(), () -> {
                    List<String> programs = PROGRAM.matcher(read(document))
                            .results()
                            .map(found -> found.group(1))
                            .toList();
                    assertThat(programs).isNotEmpty();
                    for (String program : programs) {
                        compile("Example", program, Files.createTempDirectory(folder, "document"));
                    }
                }));
    }

    private void run(Example example) throws Exception {
        Path classes = Files.createDirectories(folder.resolve(example.name()));
        Files.writeString(classes.resolve("2026.pdf"), "a report");
        ExecutorService executor = Executors.newSingleThreadExecutor();
        PrintStream out = System.out;
        try (FakeCluster cluster = new FakeCluster();
                CraqClient client = cluster.client().build();
                URLClassLoader loader = new URLClassLoader(
                        new URL[] {classes.toUri().toURL()}, getClass().getClassLoader())) {
            for (String name : List.of("reports/2026.pdf", "index", "staging/index", "index.lock", "a")) {
                client.put(name, new ByteArrayInputStream(new byte[100]));
            }
            compile(example, classes, cluster.managerAddress());
            System.setOut(new PrintStream(PrintStream.nullOutputStream(), true));
            loader.loadClass(example.name())
                    .getMethod("run", CraqClient.class, Executor.class, Path.class)
                    .invoke(null, client, executor, classes);
        } finally {
            System.setOut(out);
            executor.shutdownNow();
        }
    }

    private static void compile(Example example, Path classes, String manager) {
        String code = example.code().replace("127.0.0.1:9005", manager).replace("Path.of(\"", "folder.resolve(\"");
        String client = code.contains("CraqClient client =") ? "given" : "client";
        String source = IMPORTS + "\npublic class " + example.name() + " {\n"
                + "public static void run(CraqClient " + client
                + ", Executor executor, Path folder) throws Exception {\n" + code + "\n}\n}\n";
        compile(example.name(), source, classes);
    }

    private static void compile(String name, String source, Path classes) {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        JavaFileObject file =
                new SimpleJavaFileObject(URI.create("string:///" + name + ".java"), JavaFileObject.Kind.SOURCE) {
                    @Override
                    public CharSequence getCharContent(boolean ignore) {
                        return source;
                    }
                };
        StringWriter said = new StringWriter();
        List<String> options =
                Arrays.asList("-d", classes.toString(), "-cp", System.getProperty("java.class.path"), "-proc:none");
        boolean compiled =
                compiler.getTask(said, null, null, options, null, List.of(file)).call();
        assertThat(compiled).as(said + "\n" + source).isTrue();
    }
}
