package org.craq.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class GrantsTest {
    private static Grants of(String... grants) {
        return Grants.of(Stream.of(grants).map(Grant::of).toList());
    }

    @Test
    void whatNoGrantAllowsIsDenied() {
        Grants grants = of("reader:a/", "writer:a/b/", "monitor");
        assertThat(grants.allow(Action.READ, "a/x")).isTrue();
        assertThat(grants.allow(Action.WRITE, "a/x")).isFalse();
        assertThat(grants.allow(Action.WRITE, "a/b/x")).isTrue();
        assertThat(grants.allow(Action.DELETE_VERSION, "a/b/x")).isFalse();
        assertThat(grants.allow(Action.READ, "a")).isFalse();
        assertThat(grants.allow(Action.READ, "b")).isFalse();
        assertThat(grants.allow(Action.READ_METRICS, "")).isTrue();
        assertThat(grants.allow(Action.ADMINISTER, "")).isFalse();
        assertThat(Grants.NONE.allow(Action.READ, "a")).isFalse();
    }

    @Test
    void onlyAnAdministratorOfEverythingAdministersTheCluster() {
        assertThat(of("admin:a/").allow(Action.DELETE_VERSION, "a/x")).isTrue();
        assertThat(of("admin:a/").allow(Action.ADMINISTER, "")).isFalse();
        assertThat(of("admin:a/").allow(Action.MANAGE_USERS, "")).isFalse();
        assertThat(of("admin").allow(Action.MANAGE_USERS, "")).isTrue();
    }

    @Test
    void listsAreCutToWhatMayBeRead() {
        Grants grants = of("reader:a/b/", "reader:a/b/c", "writer:a/d", "monitor", "reader:z");
        assertThat(grants.allowedBelow("", Action.READ)).containsExactly("a/b/", "a/d", "z");
        assertThat(grants.allowedBelow("a/", Action.READ)).containsExactly("a/b/", "a/d");
        assertThat(grants.allowedBelow("a/b/c/d", Action.READ)).containsExactly("a/b/c/d");
        assertThat(grants.allowedBelow("a/b", Action.READ)).containsExactly("a/b/");
        assertThat(grants.allowedBelow("b", Action.READ)).isEmpty();
        assertThat(grants.allowedBelow("a/", Action.WRITE)).containsExactly("a/d");
    }

    /** Compares with asking for each possible name. */
    @Test
    void listsShowExactlyTheNamesThatMayBeRead() {
        Random random = new Random(7);
        List<String> names = names();
        for (int i = 0; i < 5000; i++) {
            List<Grant> some = new ArrayList<>();
            for (int j = random.nextInt(5); j > 0; j--) {
                Role role = List.of(Role.READER, Role.WRITER, Role.ADMIN).get(random.nextInt(3));
                some.add(new Grant(role, text(random, random.nextInt(4))));
            }
            Grants grants = Grants.of(some);
            String prefix = text(random, random.nextInt(3));
            List<String> below = grants.allowedBelow(prefix, Action.WRITE);
            assertThat(names.stream()
                            .filter(name -> below.stream().anyMatch(name::startsWith))
                            .toList())
                    .as("%s below '%s'", grants, prefix)
                    .isEqualTo(names.stream()
                            .filter(name -> name.startsWith(prefix) && grants.allow(Action.WRITE, name))
                            .toList());
            assertThat(below).isSorted();
            assertThat(below.stream()
                            .filter(one ->
                                    below.stream().anyMatch(other -> !one.equals(other) && one.startsWith(other)))
                            .toList())
                    .isEmpty();
        }
    }

    private static List<String> names() {
        List<String> names = new ArrayList<>(List.of(""));
        for (int length = 0; length < 4; length++) {
            names = Stream.concat(names.stream(), names.stream().flatMap(name -> Stream.of("a", "b", "/")
                            .map(name::concat)))
                    .distinct()
                    .collect(Collectors.toList());
        }
        return names;
    }

    private static String text(Random random, int length) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < length; i++) {
            text.append("ab/".charAt(random.nextInt(3)));
        }
        return text.toString();
    }

    @Test
    void aGrantIsWrittenAsRoleAndPrefix() {
        assertThat(Grant.of("writer:docs/")).isEqualTo(new Grant(Role.WRITER, "docs/"));
        assertThat(Grant.of("reader:a:b")).isEqualTo(new Grant(Role.READER, "a:b"));
        assertThat(Grant.of("admin")).isEqualTo(new Grant(Role.ADMIN, "")).hasToString("admin:");
        assertThatThrownBy(() -> Grant.of("owner:docs/")).hasMessageContaining("reader, writer, admin, monitor");
        assertThatThrownBy(() -> Grant.of("monitor:docs/")).hasMessageContaining("without a prefix");
        assertThatThrownBy(() -> Grant.of("reader:a\u0000")).hasMessageContaining("control characters");
        assertThatThrownBy(() -> Grant.of("reader:\ud800")).hasMessageContaining("must be text");
        assertThatThrownBy(() -> Grant.of("reader:" + "é".repeat(513))).hasMessageContaining("1024 bytes");
    }
}
