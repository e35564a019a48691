# As much of Homebrew as a formula needs whose install and test are run without it: what it reads from the formula,
# where it unpacks and installs, and what its test may call. Meanings: Homebrew's Formula Cookbook.
require "digest"
require "fileutils"
require "open3"
require "pathname"
require "tmpdir"

module OS
  def self.linux? = RUBY_PLATFORM.include?("linux")
  def self.mac? = RUBY_PLATFORM.include?("darwin")
end

class Pathname
  # Files, or a hash of files to their new names, go into this folder.
  def install(what)
    mkpath
    pairs = what.is_a?(Hash) ? what.to_a : [what].flatten.map { |file| [file, File.basename(file)] }
    pairs.each { |from, to| FileUtils.cp from, self/to }
  end
end

class Formula
  class Resource
    attr_accessor :archive

    def initialize(&block) = instance_eval(&block)
    def url(value = nil) = value ? @url = value : @url
    def sha256(value = nil) = value ? @sha256 = value : @sha256

    def stage(folder)
      actual = Digest::SHA256.file(archive).hexdigest
      raise "#{archive}: SHA-256 #{actual}, not #{sha256}" if actual != sha256
      folder.mkpath
      Kernel.system("tar", "-xzf", archive, "-C", folder.to_s, "--strip-components=1", exception: true)
    end
  end

  class << self
    attr_reader :resources, :test_block, :facts

    def inherited(formula)
      super
      formula.instance_variable_set(:@resources, {})
      formula.instance_variable_set(:@facts, Hash.new { |hash, key| hash[key] = [] })
    end

    %i[desc homepage url sha256 license head depends_on].each do |name|
      define_method(name) { |*values, **options| facts[name] << [*values, *options] }
    end
    def resource(name, &block) = resources[name] = Resource.new(&block)
    def test(&block) = @test_block = block
  end

  attr_reader :buildpath, :prefix, :testpath

  def initialize(buildpath, prefix, testpath)
    @buildpath, @prefix, @testpath = [buildpath, prefix, testpath].map { |path| Pathname(path).expand_path }
    self.class.facts.each { |name, values| raise "#{name}: #{values}" if name != :depends_on && values.size != 1 }
  end

  def bin = prefix/"bin"
  def lib = prefix/"lib"
  def bash_completion = prefix/"etc/bash_completion.d"
  def resource(name) = self.class.resources.fetch(name)

  def std_cmake_args
    %W[-DCMAKE_INSTALL_PREFIX=#{prefix} -DCMAKE_INSTALL_LIBDIR=lib -DCMAKE_BUILD_TYPE=Release
       -DCMAKE_FIND_FRAMEWORK=LAST -DCMAKE_VERBOSE_MAKEFILE=ON -DFETCHCONTENT_FULLY_DISCONNECTED=ON
       -Wno-dev -DBUILD_TESTING=OFF]
  end

  def system(*command)
    puts "==> #{command.join(" ")}"
    Kernel.system(*command.map(&:to_s), exception: true)
  end

  def run_install = Dir.chdir(buildpath) { install }
  def run_test = Dir.chdir(testpath) { instance_exec(&self.class.test_block) }

  def shell_output(command, wanted = 0)
    output, status = Open3.capture2(command)
    raise "`#{command}` ended with #{status.exitstatus}, not #{wanted}:\n#{output}" if status.exitstatus != wanted
    @checks = checks + 1
    output
  end

  def assert_equal(wanted, actual)
    raise "#{actual.inspect}, not #{wanted.inspect}" if wanted != actual
    @checks = checks + 1
  end

  def assert_match(pattern, text)
    found = pattern.is_a?(Regexp) ? text.match?(pattern) : text.include?(pattern)
    raise "#{pattern.inspect} does not match #{text.inspect}" unless found
    @checks = checks + 1
  end

  def checks = @checks || 0
end
