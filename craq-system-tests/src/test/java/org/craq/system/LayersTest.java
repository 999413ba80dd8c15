package org.craq.system;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.codeUnits;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.importer.Location;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.junit.LocationProvider;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import java.nio.file.Path;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Checks that the dependencies between the packages of the node, the manager and the client point in one direction
 * only, and that those between their classes form no cycles.
 */
@AnalyzeClasses(locations = LayersTest.Modules.class)
class LayersTest {
    /** The compiled classes of the three modules, without their tests. */
    static final class Modules implements LocationProvider {
        @Override
        public Set<Location> get(Class<?> test) {
            return Stream.of("craq-node-war", "craq-manager-war", "craq-client", "craq-cli")
                    .map(module -> Location.of(Path.of("..", module, "target", "classes")))
                    .collect(Collectors.toSet());
        }
    }

    @ArchTest
    static final ArchRule THE_NODE_IS_BUILT_IN_LAYERS = layeredArchitecture()
            .consideringOnlyDependenciesInLayers()
            .layer("wiring")
            .definedBy("org.craq.node")
            .layer("rest")
            .definedBy("org.craq.node.rest")
            .layer("admin")
            .definedBy("org.craq.node.admin")
            .layer("runtime")
            .definedBy("org.craq.node.runtime")
            .layer("rpc")
            .definedBy("org.craq.node.rpc")
            .layer("uploads")
            .definedBy("org.craq.node.uploads")
            .layer("files")
            .definedBy("org.craq.node.files")
            .layer("membership")
            .definedBy("org.craq.node.membership")
            .layer("replication")
            .definedBy("org.craq.node.replication")
            .layer("metadata")
            .definedBy("org.craq.node.metadata")
            .layer("store")
            .definedBy("org.craq.node.store")
            .layer("leaves")
            .definedBy(
                    "org.craq.node.config", "org.craq.node.content", "org.craq.node.threads", "org.craq.node.metrics")
            .whereLayer("wiring")
            .mayNotBeAccessedByAnyLayer()
            .whereLayer("rest")
            .mayOnlyBeAccessedByLayers("wiring")
            .whereLayer("admin")
            .mayOnlyBeAccessedByLayers("wiring")
            .whereLayer("runtime")
            .mayOnlyBeAccessedByLayers("wiring", "rest", "admin")
            .whereLayer("rpc")
            .mayOnlyBeAccessedByLayers("runtime")
            .whereLayer("uploads")
            .mayOnlyBeAccessedByLayers("runtime", "rest", "rpc")
            .whereLayer("files")
            .mayOnlyBeAccessedByLayers("runtime", "rest", "admin", "rpc", "uploads")
            .whereLayer("membership")
            .mayOnlyBeAccessedByLayers("wiring", "runtime", "admin")
            .whereLayer("replication")
            .mayOnlyAccessLayers("metadata", "store", "leaves")
            .whereLayer("metadata")
            .mayOnlyAccessLayers("store", "leaves")
            .whereLayer("store")
            .mayOnlyAccessLayers("leaves")
            .whereLayer("leaves")
            .mayNotAccessAnyLayer();

    @ArchTest
    static final ArchRule THE_MANAGER_IS_BUILT_IN_LAYERS = layeredArchitecture()
            .consideringOnlyDependenciesInLayers()
            .layer("wiring")
            .definedBy("org.craq.manager")
            .layer("admin")
            .definedBy("org.craq.manager.admin")
            .layer("rpc")
            .definedBy("org.craq.manager.rpc")
            .layer("routing")
            .definedBy("org.craq.manager.routing")
            .layer("membership")
            .definedBy("org.craq.manager.membership")
            .layer("users")
            .definedBy("org.craq.manager.users")
            .layer("store")
            .definedBy("org.craq.manager.store")
            .layer("leadership")
            .definedBy("org.craq.manager.leadership")
            .whereLayer("wiring")
            .mayNotBeAccessedByAnyLayer()
            .whereLayer("admin")
            .mayOnlyBeAccessedByLayers("wiring")
            .whereLayer("rpc")
            .mayOnlyBeAccessedByLayers("wiring")
            .whereLayer("routing")
            .mayOnlyBeAccessedByLayers("wiring", "rpc")
            .whereLayer("users")
            .mayOnlyAccessLayers("store", "leadership")
            .whereLayer("store")
            .mayOnlyAccessLayers("leadership")
            .whereLayer("leadership")
            .mayNotAccessAnyLayer();

    private static final String INTERNAL = "org.craq.client.internal";

    @ArchTest
    static final ArchRule ONLY_THE_CLIENT_USES_ITS_INTERNALS = noClasses()
            .that()
            .resideOutsideOfPackages("org.craq.client", INTERNAL)
            .should()
            .dependOnClassesThat()
            .resideInAPackage(INTERNAL);

    /** Neither its internals nor the messages of the wire, so that both can change. */
    @ArchTest
    static final ArchRule THE_CLIENT_SHOWS_ITS_OWN_TYPES_ONLY = codeUnits()
            .that()
            .areDeclaredInClassesThat()
            .resideInAPackage("org.craq.client")
            .and()
            .arePublic()
            .should(new ArchCondition<>("have no hidden type in their signature") {
                @Override
                public void check(JavaCodeUnit unit, ConditionEvents events) {
                    signature(unit)
                            .filter(LayersTest::hidden)
                            .forEach(type -> events.add(SimpleConditionEvent.violated(
                                    unit, unit.getFullName() + " shows " + type.getName())));
                }
            });

    private static Stream<JavaClass> signature(JavaCodeUnit unit) {
        return Stream.of(
                        Stream.of(unit.getReturnType()),
                        unit.getParameterTypes().stream(),
                        unit.getExceptionTypes().stream())
                .flatMap(types -> types)
                .flatMap(type -> type.getAllInvolvedRawTypes().stream());
    }

    private static boolean hidden(JavaClass type) {
        return Set.of(INTERNAL, "org.craq.wire.v1").contains(type.getPackageName());
    }

    @ArchTest
    static final ArchRule PACKAGES_FORM_NO_CYCLES = slices().assignedFrom(
                    new Assignment("packages", LayersTest::packageName))
            .should()
            .beFreeOfCycles();

    /** The client's internals use its values, and its entry points use the internals. */
    private static final Set<String> ENTRY_POINTS =
            Set.of("org.craq.client.CraqClient", "org.craq.client.AsyncCraqClient", "org.craq.client.Transaction");

    private static String packageName(JavaClass javaClass) {
        return ENTRY_POINTS.contains(topLevel(javaClass))
                ? javaClass.getPackageName() + " (entry points)"
                : javaClass.getPackageName();
    }

    /** Treats each class as a unit with the classes nested in it. */
    @ArchTest
    static final ArchRule CLASSES_FORM_NO_CYCLES = slices().assignedFrom(
                    new Assignment("classes", LayersTest::topLevel))
            .should()
            .beFreeOfCycles();

    private static String topLevel(JavaClass javaClass) {
        String name = javaClass.getName();
        int nested = name.indexOf('$');
        return nested < 0 ? name : name.substring(0, nested);
    }

    /**
     * Assigns classes to slices.
     *
     * @param getDescription describes the slices
     * @param name returns the name of the slice of a class
     */
    private record Assignment(String getDescription, Function<JavaClass, String> name) implements SliceAssignment {
        /**
         * Classes that refer to each other by design: commands and their parent, a client and its asynchronous view.
         */
        private static final Set<String> EXEMPT = Set.of(
                "org.craq.client.cli.BenchCommand",
                "org.craq.client.cli.CertsCommand",
                "org.craq.client.cli.CraqCommand",
                "org.craq.client.CraqClient");

        @Override
        public SliceIdentifier getIdentifierOf(JavaClass javaClass) {
            String slice = name.apply(javaClass);
            return EXEMPT.contains(slice) ? SliceIdentifier.ignore() : SliceIdentifier.of(slice);
        }
    }
}
