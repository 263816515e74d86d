# Plays the part of Homebrew, as far as our formula uses it, so that a test sees what the formula says on each system
# and what it installs: ruby brew.rb FORMULA SYSTEM CPU [UNPACKED PREFIX]. What it does not know fails by name.
require "fileutils"
require "json"
require "open3"
require "pathname"

SYSTEM, CPU = ARGV.values_at(1, 2)

# A path can install, as Homebrew's can.
module Installing
  def install(name)
    mkpath
    FileUtils.mv(name, self)
  end

  def install_symlink(links)
    links.each { |file, name| FileUtils.ln_s(file, self / name) }
  end

  def write(content)
    dirname.mkpath
    raise "#{self} is there already" if exist?

    super
  end
end
Pathname.prepend(Installing)

PREFIX = Pathname(ARGV[4] || "/prefix")

# What `service do` may say.
class Service
  attr_reader :said

  def initialize = @said = {}
  def opt_bin = Pathname("/prefix/opt/stigmer/bin")
  def var = Pathname("/prefix/var")
  def std_service_path_env = "/prefix/bin:/usr/bin"

  %i[run keep_alive working_dir environment_variables log_path error_log_path].each do |name|
    define_method(name) { |value| @said[name] = value }
  end
end

class Formula
  class << self
    attr_reader :test_block

    def said = @said ||= {}

    %i[desc homepage version license url sha256].each do |name|
      define_method(name) do |*value|
        next said.fetch(name) if value.empty?
        raise "#{name} is said twice" if said.key?(name)

        said[name] = value.fetch(0)
      end
    end

    def on_macos = SYSTEM == "macos" && yield
    def on_linux = SYSTEM == "linux" && yield
    def on_arm = CPU == "arm" && yield
    def on_intel = CPU == "intel" && yield

    def service(&block)
      said[:service] = Service.new.tap { |service| service.instance_eval(&block) }.said
    end

    def test(&block) = @test_block = block
  end

  def bin = PREFIX / "bin"
  def pkgshare = PREFIX / "share/stigmer"
  def version = self.class.version
  def testpath = Pathname(Dir.pwd)

  def generate_completions_from_executable(file, command)
    { bash: "etc/bash_completion.d/stigmer", zsh: "share/zsh/site-functions/_stigmer",
      fish: "share/fish/vendor_completions.d/stigmer.fish" }.each do |shell, path|
      (PREFIX / path).write(shell_output("#{file} #{command} #{shell}"))
    end
  end

  def shell_output(command)
    output, errors, status = Open3.capture3(command)
    raise "#{command}: #{errors}" unless status.success?

    output
  end

  def assert_match(wanted, text)
    raise "no #{wanted.inspect} in #{text}" unless text.include?(wanted)
  end
end

load ARGV.fetch(0)

def install_and_test(unpacked)
  formula = Stigmer.new
  Dir.chdir(unpacked) { formula.install }
  home = PREFIX / "home"
  home.mkpath
  ENV["HOME"] = home.to_s
  Dir.chdir(home) { formula.instance_eval(&Stigmer.test_block) }
end

install_and_test(ARGV[3]) if ARGV[3]
puts JSON.generate(Stigmer.said)
