package org.craq.system;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.ws.rs.HttpMethod;
import java.lang.annotation.Annotation;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.craq.server.access.AccessFilter;
import org.craq.server.access.Needs;
import org.junit.jupiter.api.Test;

/** Each REST operation says what its caller must be allowed to do, and few say that anyone may call. */
class DeclaredAccessTest {
    private static final List<Class<?>> APPLICATIONS =
            List.of(org.craq.node.RestApplication.class, org.craq.manager.RestApplication.class);

    private static Stream<Method> operations() {
        return APPLICATIONS.stream()
                .flatMap(type -> {
                    try {
                        return ((jakarta.ws.rs.core.Application)
                                        type.getConstructor().newInstance())
                                .getClasses().stream();
                    } catch (ReflectiveOperationException e) {
                        throw new IllegalStateException(e);
                    }
                })
                .flatMap(resource -> Arrays.stream(resource.getMethods()))
                .filter(method -> Arrays.stream(method.getAnnotations())
                        .map(Annotation::annotationType)
                        .anyMatch(type -> type.isAnnotationPresent(HttpMethod.class)));
    }

    private static String name(Method method) {
        return method.getDeclaringClass().getSimpleName() + "." + method.getName();
    }

    @Test
    void everyOperationDeclaresWhatItNeeds() {
        assertThat(operations()).hasSizeGreaterThan(40).allSatisfy(operation -> assertThat(
                        AccessFilter.needs(operation))
                .as(name(operation))
                .isNotNull());
    }

    @Test
    void onlyTheseOperationsAreForAnyone() {
        Set<String> open = new TreeSet<>();
        operations()
                .filter(operation -> AccessFilter.needs(operation).value() == Needs.What.NOTHING)
                .forEach(operation -> open.add(name(operation)));
        assertThat(open)
                .containsExactly(
                        "AuthResource.token",
                        "OpenApiResource.describe",
                        "UploadsResource.options",
                        "UploadsResource.optionsOfOne");
    }
}
