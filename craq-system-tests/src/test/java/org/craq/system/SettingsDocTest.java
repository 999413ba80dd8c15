package org.craq.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.craq.server.HostNames;
import org.craq.server.Settings;
import org.craq.server.TlsSettings;
import org.craq.server.access.SecuritySettings;
import org.craq.server.audit.AuditSettings;
import org.craq.server.limits.LimitSettings;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The tables in docs/SETTINGS.md name exactly the settings that the code reads, with the defaults that it has. */
class SettingsDocTest {
    private static final Pattern ROW = Pattern.compile("\\| `(craq\\.[a-z.]+)` \\| ([^|]*) \\|.*");
    private static final Pattern VALUE = Pattern.compile("`([^`]+)`");
    private static final String OIDC = "org.craq.server.oidc.OidcSettings";
    private static final List<String> NODE =
            List.of("org.craq.node.config.NodeConfig", "org.craq.node.config.StorageConfig", OIDC);
    private static final List<String> MANAGER =
            List.of("org.craq.manager.ManagerConfig", "org.craq.manager.users.FirstKey", OIDC);
    private static final String NODE_HEADING = "Node";
    private static final String MANAGER_HEADING = "Manager";

    private static List<String> section(String heading) throws IOException {
        String text = Files.readString(Path.of("..", "docs", "SETTINGS.md"));
        int begin = text.indexOf("\n## " + heading + "\n");
        assertThat(begin).as(heading).isPositive();
        int end = text.indexOf("\n## ", begin + 1);
        return text.substring(begin, end < 0 ? text.length() : end).lines().toList();
    }

    /** The names in a section's table with the cells of their defaults. */
    private static Map<String, String> documented(String heading) throws IOException {
        return section(heading).stream()
                .map(ROW::matcher)
                .filter(row -> row.matches())
                .collect(Collectors.toMap(row -> row.group(1), row -> row.group(2), (one, two) -> two, TreeMap::new));
    }

    /** The values of all constants that name a setting. */
    private static Set<String> inCode(List<String> classes) {
        Set<String> names = new TreeSet<>(List.of(
                HostNames.SETTING,
                TlsSettings.CERTIFICATE,
                TlsSettings.KEY,
                TlsSettings.AUTHORITIES,
                SecuritySettings.SECURITY,
                SecuritySettings.OPEN_METRICS,
                SecuritySettings.CONTAINER,
                SecuritySettings.CONTAINER_PREFIX,
                AuditSettings.DIRECTORY,
                AuditSettings.READS,
                AuditSettings.KEEP_DAYS,
                AuditSettings.REQUIRED,
                LimitSettings.USER_RATE,
                LimitSettings.USER_BURST,
                LimitSettings.FAILURE_RATE));
        classes.forEach(name -> Arrays.stream(load(name).getDeclaredFields())
                .filter(field -> Modifier.isStatic(field.getModifiers()) && field.getType() == String.class)
                .map(field -> {
                    try {
                        field.setAccessible(true);
                        return (String) field.get(null);
                    } catch (ReflectiveOperationException e) {
                        throw new LinkageError(field.toString(), e);
                    }
                })
                .filter(value -> value.startsWith("craq."))
                .forEach(names::add));
        return names;
    }

    private static Class<?> load(String name) {
        try {
            return Class.forName(name);
        } catch (ClassNotFoundException e) {
            throw new AssertionError(e);
        }
    }

    /** What the code makes of some settings, as text: records tell all their values. */
    private static String read(String className, Map<String, String> settings) {
        UnaryOperator<String> lookup = settings::get;
        try {
            Method read = load(className).getDeclaredMethod("read", Settings.class);
            return read.invoke(null, new Settings(lookup)).toString();
        } catch (ReflectiveOperationException e) {
            throw new LinkageError(settings.toString(), e);
        }
    }

    @Test
    void theNodesTableHasItsSettings() throws IOException {
        assertThat(documented(NODE_HEADING).keySet()).isEqualTo(inCode(NODE));
    }

    @Test
    void theManagersTableHasItsSettings() throws IOException {
        assertThat(documented(MANAGER_HEADING).keySet()).isEqualTo(inCode(MANAGER));
    }

    /** A default that is written down, set by hand, changes nothing. */
    @TestFactory
    Stream<DynamicTest> defaultsAreThoseOfTheCode() throws IOException {
        return Stream.concat(
                defaults(NODE_HEADING, NODE.get(0)).stream(), defaults(MANAGER_HEADING, MANAGER.get(0)).stream());
    }

    private static List<DynamicTest> defaults(String heading, String className) throws IOException {
        return documented(heading).entrySet().stream()
                .filter(row -> VALUE.matcher(row.getValue()).matches())
                .map(row -> DynamicTest.dynamicTest(row.getKey(), () -> {
                    Map<String, String> set = new HashMap<>();
                    set.put(row.getKey(), row.getValue().replace("`", ""));
                    assertThat(read(className, set)).isEqualTo(read(className, Map.of()));
                }))
                .toList();
    }
}
