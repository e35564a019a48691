# Homebrew's formula. packaging/release.sh puts in the version and the hash of the release's source archive;
# packaging/homebrew/try.sh runs both of its parts, install and test, without Homebrew.
class Stm32boot < Formula
  desc "Reboot STM32 boards into their ROM bootloader and flash them"
  homepage "https://example.org/stm32boot"
  url "https://example.org/stm32boot/releases/stm32boot-0.1.0.tar.gz"
  sha256 "0000000000000000000000000000000000000000000000000000000000000000"
  license "GPL-3.0-or-later"
  head "https://example.org/stm32boot.git", branch: "main"

  depends_on "cli11" => :build
  depends_on "cmake" => :build
  depends_on "fmt" => :build
  depends_on "ninja" => :build
  depends_on "nlohmann-json" => :build
  depends_on "pkgconf" => :build
  depends_on "scdoc" => :build
  depends_on "spdlog" => :build
  depends_on "tomlplusplus" => :build
  depends_on "libusb"

  # The DFU requests and the table of quirks are compiled from its sources; CMake looks for them in dfu-util/.
  resource "dfu-util" do
    url "https://downloads.sourceforge.net/project/dfu-util/dfu-util-0.11.tar.gz"
    sha256 "b4b53ba21a82ef7e3d4c47df2952adf5fa494f499b6b0b57c58c5d04ae8ff19e"
  end

  def install
    resource("dfu-util").stage buildpath/"dfu-util"
    args = %w[-DSTM32BOOT_EMULATOR=OFF]
    args << "-DSTM32BOOT_UDEV_RULES_DIR=#{lib}/udev/rules.d" if OS.linux?
    system "cmake", "-S", ".", "-B", "build", "-G", "Ninja", *args, *std_cmake_args
    system "cmake", "--build", "build"
    system "cmake", "--install", "build" # with man pages and the completions of zsh and fish
    bash_completion.install "packaging/completions/stm32boot.bash" => "stm32boot"
  end

  test do
    # A stack pointer, a reset vector and two instructions: the least that is an application.
    (testpath/"app.bin").binwrite [0x20020000, 0x08000009, 0xbf00bf00].pack("V*")
    (testpath/"zeros.bin").binwrite "\0" * 64
    board = "#{bin}/stm32boot --virtual=#{testpath}/board.img"

    assert_match "flashed and verified: app.bin", shell_output("#{board} flash app.bin")
    shell_output "#{board} verify app.bin"
    shell_output "#{board} read --address 0x08000000 --length 12 back.bin"
    assert_equal (testpath/"app.bin").binread, (testpath/"back.bin").binread
    shell_output "#{board} erase --chip"
    assert_match "error: ", shell_output("#{board} verify app.bin 2>&1", 76)

    assert_match(/"items":\[.*\]/, shell_output("#{bin}/stm32boot list --json"))
    assert_match "no STM32 program", shell_output("#{bin}/stm32boot flash zeros.bin 2>&1", 65)
    shell_output "#{bin}/stm32boot flash missing.bin 2>&1", 66
    shell_output "#{bin}/stm32boot flash app.bin --port /dev/there-is-none 2>&1", 69
  end
end
